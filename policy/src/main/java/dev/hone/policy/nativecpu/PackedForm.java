package dev.hone.policy.nativecpu;

import dev.hone.kernels.Kernels;

/**
 * How matrices within a parameter are laid out for products: {@code matrices} of {@code [out, in]},
 * the first {@code offset} numbers behind the parameter's beginning, then one every {@code stride}.
 *
 * @param dtype {@link Kernels#FP32}, {@link Kernels#BF16} or {@link Kernels#BF16_AMX}
 */
record PackedForm(long matrices, long offset, long stride, long out, long in, int dtype) {

  /** A parameter that is one matrix, or a stack of them. */
  static PackedForm whole(long matrices, long out, long in, int dtype) {
    return new PackedForm(matrices, 0, out * in, out, in, dtype);
  }

  /** Bytes that it takes. */
  long bytes() {
    return Kernels.packedBytes(matrices, out, in, dtype);
  }

  /** Whether it is all of a parameter of so many numbers. */
  boolean isWhole(long numbers) {
    return offset == 0 && stride == out * in && matrices * out * in == numbers;
  }
}
