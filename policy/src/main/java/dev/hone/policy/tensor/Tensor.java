package dev.hone.policy.tensor;

/**
 * A dense array that some backend holds. It is released by {@link #close()} or, where it was made
 * inside a {@link Scope}, together with that scope, whichever comes first.
 */
public interface Tensor extends AutoCloseable {

  Shape shape();

  DType dtype();

  /** Copies the elements out, row-major, converting to fp32. */
  float[] toFloats();

  /** Copies the elements of an {@link DType#INT32} tensor out, row-major. */
  int[] toInts();

  @Override
  void close();
}
