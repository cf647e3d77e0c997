package dev.hone.policy.tensor;

/**
 * Element types a backend may hold. Activations are {@link #FLOAT32} where there is no {@link
 * #BFLOAT16}.
 */
public enum DType {
  FLOAT32(4),
  BFLOAT16(2),
  INT32(4);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
