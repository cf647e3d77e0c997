package dev.hone.policy.generation;

import java.io.Serializable;

/**
 * What a generation cost.
 *
 * @param promptTokensPrefilled prompt tokens that went through the model: each prompt once a group
 * @param generatedTokens tokens sampled, of all completions
 * @param decodeSteps passes of one token a running sequence (a sequence's first token comes from
 *     the prefill)
 * @param idealDecodeSteps fewest passes any schedule could need: as many as the longest completion
 *     takes, or all decoded tokens divided by the running places, whichever is more
 * @param seconds of wall-clock time
 */
public record GenerationStatistics(
    long promptTokensPrefilled,
    long generatedTokens,
    long decodeSteps,
    long idealDecodeSteps,
    double seconds)
    implements Serializable {

  public double tokensPerSecond() {
    return seconds > 0 ? generatedTokens / seconds : 0;
  }
}
