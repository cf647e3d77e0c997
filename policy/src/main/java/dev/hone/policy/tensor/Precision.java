package dev.hone.policy.tensor;

/**
 * What the operands of matrix products are rounded to. Sums, master weights, norms, routers and
 * attention are fp32 either way.
 */
public enum Precision {
  FP32,
  BF16,

  /**
   * Bf16, summed in the order of AMX's tiles: the same bits on every processor, at speed on those
   * that have AMX.
   */
  BF16_AMX;

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
