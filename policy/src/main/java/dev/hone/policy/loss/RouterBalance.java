package dev.hone.policy.loss;

/** Forms of the auxiliary loss that keeps the experts of a mixture equally busy. */
public enum RouterBalance {
  /** DeepSeek-V3 (2024), equations 17 to 20: balance within each sequence and layer. */
  SEQUENCE,
  /** Switch Transformers (2021) as transformers computes it: over the batch and all layers. */
  BATCH
}
