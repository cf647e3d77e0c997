package dev.hone.policy.tensor;

/**
 * How a router turns logits into a choice.
 *
 * @param scoring what makes a score of a logit
 * @param groups number of equal groups the experts are divided into; 1 for none
 * @param keptGroups how many groups the top-k may choose from
 * @param groupScore how a group is scored when {@code groups > 1}
 * @param topK experts a token
 * @param normalize divide the chosen weights by their sum (DeepSeek adds 1e-20 to it)
 * @param scale factor on the weights
 */
public record RouterSettings(
    Scoring scoring,
    int groups,
    int keptGroups,
    GroupScore groupScore,
    int topK,
    boolean normalize,
    float scale) {

  /** Score of a logit. */
  public enum Scoring {
    SIGMOID,
    SOFTMAX
  }

  /**
   * Score of a group: the sum of its two best biased scores, the rest masked with -inf (V3), or its
   * best, the rest masked with 0 (V2).
   */
  public enum GroupScore {
    TOP_TWO_SUM,
    MAX
  }
}
