package dev.hone.policy.advantage;

/** What an answer's reward is compared with. */
public enum AdvantageEstimator {
  /** {@code (R - mean) / (std + 1e-4)} of the group (Shao et al., 2024; TRL). */
  GRPO,
  /** {@code R - mean} of the group (Liu et al., 2025). */
  DR_GRPO,
  /** {@code R} less the mean of the others of the group (Ahmadian et al., 2024). */
  RLOO,
  /** {@code R} less the reward of the greedy answer (Li et al., 2023). */
  REMAX,
  /** {@code R - mean} of the group, whitened over the batch's tokens (Hu et al., 2025; verl). */
  REINFORCE_PLUS_PLUS_BASELINE,
  /** {@code R} less the length-weighted mean of the group (Hao et al., 2025; verl). */
  OPO,
  /**
   * Only the best of a group learns: {@code (best - second best) / (std + 1e-6)} (Walder and
   * Karkhanis, 2025; verl).
   */
  GRPO_PASSK
}
