package dev.hone.policy.advantage;

/** How GRPO joins several reward functions. */
public enum MultiObjectiveAggregation {
  /** Weighted sum first, then {@link ScaleRewards}. */
  SUM_THEN_NORMALIZE,
  /** Each function normalised within the group, then summed and whitened over the batch (GDPO). */
  NORMALIZE_THEN_SUM
}
