package dev.hone.policy.loss;

/** How much each learned token counts in the loss of a batch. */
final class Aggregation {

  private Aggregation() {}

  /**
   * The weight of one token of a sequence of {@code length} learned tokens.
   *
   * <pre>
   *   grpo, sapo, rloo     mean over sequences of the mean over tokens
   *   bnpo                 mean over the step's tokens
   *   dapo, cispo, vespo   sum by the generation batch's tokens (its share of one step)
   *   dr_grpo              sum by sequences * maxLength
   *   luspo                mean over sequences of the sum over tokens
   * </pre>
   */
  static double tokenWeight(LossType type, int length, BatchTotals totals, int maxLength) {
    return switch (type) {
      case GRPO, SAPO, RLOO -> 1 / (Math.max(length, 1) * totals.sequences());
      case BNPO -> 1 / Math.max(totals.tokens(), 1);
      case DAPO, CISPO, VESPO -> 1 / Math.max(totals.generationTokens(), 1);
      case DR_GRPO -> 1 / (totals.sequences() * maxLength);
      case LUSPO -> 1 / totals.sequences();
    };
  }
}
