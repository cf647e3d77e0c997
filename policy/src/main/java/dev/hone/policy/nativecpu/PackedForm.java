package dev.hone.policy.nativecpu;

/**
 * How matrices within a parameter are laid out for products: {@code matrices} of {@code [out, in]},
 * the first {@code offset} numbers behind the parameter's beginning, then one every {@code stride}.
 */
record PackedForm(long matrices, long offset, long stride, long out, long in) {

  /** A parameter that is one matrix, or a stack of them. */
  static PackedForm whole(long matrices, long out, long in) {
    return new PackedForm(matrices, 0, out * in, out, in);
  }
}
