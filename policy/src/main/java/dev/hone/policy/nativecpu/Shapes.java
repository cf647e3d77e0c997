package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.Tensor;

/** The checks of operations' shapes. */
final class Shapes {

  private Shapes() {}

  /** Elements over the last extent. */
  static long rows(Shape shape) {
    long rows = 1;
    for (int axis = 0; axis < shape.rank() - 1; axis++) {
      rows *= shape.dim(axis);
    }
    return rows;
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

  static void indices(String operation, int[] indices, int limit) {
    for (int index : indices) {
      if (index < 0 || index >= limit) {
        throw new IllegalArgumentException(
            "%s: index %d is not in [0, %d)".formatted(operation, index, limit));
      }
    }
  }
}
