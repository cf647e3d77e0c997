package dev.hone.policy.checkpoint;

import java.nio.ByteBuffer;

/** Conversions between fp32 and the narrower formats of checkpoints. */
final class FloatFormat {

  private static final float[] E4M3 = new float[256];

  static {
    for (int code = 0; code < 256; code++) {
      int exponent = (code >> 3) & 15;
      int mantissa = code & 7;
      float magnitude =
          (code & 0x7f) == 0x7f
              ? Float.NaN
              : exponent == 0
                  ? Math.scalb((float) mantissa, -9)
                  : Math.scalb(8f + mantissa, exponent - 10);
      E4M3[code] = code < 128 ? magnitude : -magnitude;
    }
  }

  private FloatFormat() {}

  /** Converts the next {@code count} little-endian elements. */
  static void read(TensorType type, ByteBuffer bytes, float[] into, int offset, int count) {
    switch (type) {
      case F32 -> bytes.asFloatBuffer().get(into, offset, count);
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          into[offset + i] = Float.intBitsToFloat(bytes.getShort() << 16);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          into[offset + i] = half(bytes.getShort());
        }
      }
      case F8_E4M3 -> {
        for (int i = 0; i < count; i++) {
          into[offset + i] = E4M3[bytes.get() & 0xff];
        }
      }
      case I64 -> {
        for (int i = 0; i < count; i++) {
          into[offset + i] = bytes.getLong();
        }
      }
      case I32 -> {
        for (int i = 0; i < count; i++) {
          into[offset + i] = bytes.getInt();
        }
      }
      case U8 -> {
        for (int i = 0; i < count; i++) {
          into[offset + i] = bytes.get() & 0xff;
        }
      }
    }
  }

  /** IEEE 754 binary16. */
  static float half(short bits) {
    int exponent = (bits >> 10) & 31;
    int mantissa = bits & 1023;
    float magnitude =
        exponent == 31
            ? (mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN)
            : exponent == 0
                ? Math.scalb((float) mantissa, -24)
                : Math.scalb(1024f + mantissa, exponent - 25);
    return bits < 0 ? -magnitude : magnitude;
  }

  /** Rounds to the nearest bfloat16, ties to even; NaN stays NaN. */
  static short brain(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }
}
