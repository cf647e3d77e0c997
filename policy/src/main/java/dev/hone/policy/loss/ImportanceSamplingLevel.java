package dev.hone.policy.loss;

/** Over what the importance ratio is taken. */
public enum ImportanceSamplingLevel {
  /** Each token's own ratio. */
  TOKEN,
  /**
   * The geometric mean of the sequence's ratios, for each of its tokens (GSPO, Zheng et al., 2025).
   */
  SEQUENCE
}
