package dev.hone.policy.generation;

import java.io.Serializable;
import java.util.List;

/**
 * How tokens are drawn. Applied in the order of transformers' generate: repetition penalty,
 * temperature, top-k, top-p, min-p.
 *
 * @param temperature divides the logits; 0 is greedy decoding
 * @param topP keeps the fewest most likely tokens of at least this much probability; 1 keeps all
 * @param topK keeps the tokens at least as likely as the k-th; 0 keeps all
 * @param minP drops tokens less likely than this share of the most likely one; 0 drops none
 * @param repetitionPenalty divides positive and multiplies negative logits of tokens already in the
 *     prompt or the completion (Keskar et al., 2019); 1 for none
 * @param maxNewTokens most tokens of a completion
 * @param stop strings that end a completion where they appear in its text
 */
public record SamplingSettings(
    double temperature,
    double topP,
    int topK,
    double minP,
    double repetitionPenalty,
    int maxNewTokens,
    List<String> stop)
    implements Serializable {

  /** Temperature 1, nothing filtered, at most 512 tokens. */
  public static final SamplingSettings DEFAULT =
      new SamplingSettings(1, 1, 0, 0, 1, 512, List.of());

  public SamplingSettings {
    require(temperature >= 0 && temperature < Double.POSITIVE_INFINITY, "temperature", temperature);
    require(topP > 0 && topP <= 1, "top_p", topP);
    require(topK >= 0, "top_k", topK);
    require(minP >= 0 && minP <= 1, "min_p", minP);
    require(
        repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY,
        "repetition_penalty",
        repetitionPenalty);
    require(maxNewTokens >= 1, "max_new_tokens", maxNewTokens);
    stop = List.copyOf(stop);
    require(stop.stream().noneMatch(String::isEmpty), "stop", "an empty string");
  }

  private static void require(boolean holds, String name, Object found) {
    if (!holds) {
      throw new IllegalArgumentException(name + " cannot be " + found);
    }
  }

  public boolean greedy() {
    return temperature == 0;
  }

  /** Whether the distribution drawn from is softmax(logits / temperature) itself. */
  boolean unfiltered() {
    return topP == 1 && topK == 0 && minP == 0 && repetitionPenalty == 1;
  }

  public SamplingSettings withTemperature(double value) {
    return new SamplingSettings(value, topP, topK, minP, repetitionPenalty, maxNewTokens, stop);
  }

  public SamplingSettings withTopP(double value) {
    return new SamplingSettings(
        temperature, value, topK, minP, repetitionPenalty, maxNewTokens, stop);
  }

  public SamplingSettings withTopK(int value) {
    return new SamplingSettings(
        temperature, topP, value, minP, repetitionPenalty, maxNewTokens, stop);
  }

  public SamplingSettings withMinP(double value) {
    return new SamplingSettings(
        temperature, topP, topK, value, repetitionPenalty, maxNewTokens, stop);
  }

  public SamplingSettings withRepetitionPenalty(double value) {
    return new SamplingSettings(temperature, topP, topK, minP, value, maxNewTokens, stop);
  }

  public SamplingSettings withMaxNewTokens(int value) {
    return new SamplingSettings(temperature, topP, topK, minP, repetitionPenalty, value, stop);
  }

  public SamplingSettings withStop(List<String> value) {
    return new SamplingSettings(
        temperature, topP, topK, minP, repetitionPenalty, maxNewTokens, value);
  }
}
