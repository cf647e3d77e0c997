package dev.hone.policy.update;

/**
 * One answer that the policy learns from.
 *
 * @param promptTokens what was asked
 * @param completionTokens what was answered, the end of sequence included where it was sampled
 * @param mask {@code [completion]}: which tokens are learned from, or null for all of them
 * @param advantage of the whole answer
 * @param logProbs {@code [completion]}: under softmax(logits / temperature) when it was sampled,
 *     for the comparison with the trainer's own; null if not known
 * @param samplingLogProbs {@code [completion]}: under the filtered distribution it was drawn from;
 *     null if not known
 */
public record TrainingSequence(
    int[] promptTokens,
    int[] completionTokens,
    boolean[] mask,
    double advantage,
    float[] logProbs,
    float[] samplingLogProbs)
    implements TokenSequence {

  public TrainingSequence {
    if (promptTokens.length == 0) {
      throw new IllegalArgumentException("A prompt needs at least one token");
    }
    requireLength("mask", mask == null ? -1 : mask.length, completionTokens.length);
    requireLength("logProbs", logProbs == null ? -1 : logProbs.length, completionTokens.length);
    requireLength(
        "samplingLogProbs",
        samplingLogProbs == null ? -1 : samplingLogProbs.length,
        completionTokens.length);
  }

  /** Whether token {@code t} of the completion is learned from. */
  boolean learns(int t) {
    return mask == null || mask[t];
  }

  /** Tokens that are learned from. */
  int learnedTokens() {
    int count = 0;
    for (int t = 0; t < completionTokens.length; t++) {
      count += learns(t) ? 1 : 0;
    }
    return count;
  }

  private static void requireLength(String what, int found, int expected) {
    if (found >= 0 && found != expected) {
      throw new IllegalArgumentException(
          what + " has " + found + " entries for " + expected + " completion tokens");
    }
  }
}
