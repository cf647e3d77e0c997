package dev.hone.policy.checkpoint;

/** Element types of a safetensors file that are understood, under their names there. */
public enum TensorType {
  F32(4),
  F16(2),
  BF16(2),
  /** 8 bits: sign, 4 of exponent (bias 7), 3 of mantissa; no infinities, largest 448. */
  F8_E4M3(1),
  I64(8),
  I32(4),
  U8(1);

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
