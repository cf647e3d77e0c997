package dev.hone.policy.djl;

import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.Tensor;

/** Extents as the engine wants them, and the checks of operations' shapes. */
final class Dims {

  private Dims() {}

  static long[] of(Shape shape) {
    int[] dims = shape.dims();
    long[] extents = new long[dims.length];
    for (int i = 0; i < dims.length; i++) {
      extents[i] = dims[i];
    }
    return extents;
  }

  /** The shape with another last extent. */
  static Shape withLast(Shape shape, int last) {
    int[] dims = shape.dims();
    dims[dims.length - 1] = last;
    return new Shape(dims);
  }

  /** The shape with another first extent. */
  static Shape withFirst(Shape shape, int first) {
    int[] dims = shape.dims();
    dims[0] = first;
    return new Shape(dims);
  }

  static void rank(String operation, Tensor tensor, int rank) {
    if (tensor.shape().rank() != rank) {
      throw new IllegalArgumentException(
          "%s: expected %d dimensions, found %s".formatted(operation, rank, tensor.shape()));
    }
  }

  static void match(String operation, boolean fits, Tensor a, Tensor b) {
    if (!fits) {
      throw new IllegalArgumentException(
          "%s: shapes %s and %s do not fit".formatted(operation, a.shape(), b.shape()));
    }
  }

  static void size(String operation, Shape shape, long elements) {
    if (shape.size() != elements) {
      throw new IllegalArgumentException(
          "%s: shape %s holds %d elements, found %d"
              .formatted(operation, shape, shape.size(), elements));
    }
  }
}
