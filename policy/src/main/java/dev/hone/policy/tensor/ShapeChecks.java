package dev.hone.policy.tensor;

/**
 * The checks that backends make of their operations' arguments. What does not fit is an {@link
 * IllegalArgumentException} that names the operation and the shapes.
 */
public final class ShapeChecks {

  private ShapeChecks() {}

  public static void rank(String operation, Tensor tensor, int rank) {
    if (tensor.shape().rank() != rank) {
      throw new IllegalArgumentException(
          "%s: expected %d dimensions, found %s".formatted(operation, rank, tensor.shape()));
    }
  }

  public static void match(String operation, boolean fits, Tensor a, Tensor b) {
    if (!fits) {
      throw new IllegalArgumentException(
          "%s: shapes %s and %s do not fit".formatted(operation, a.shape(), b.shape()));
    }
  }

  public static void size(String operation, Shape shape, long elements) {
    if (shape.size() != elements) {
      throw new IllegalArgumentException(
          "%s: shape %s holds %d elements, found %d"
              .formatted(operation, shape, shape.size(), elements));
    }
  }

  /** That every index is in {@code [0, limit)}. */
  public static void indices(String operation, int[] indices, int limit) {
    for (int index : indices) {
      if (index < 0 || index >= limit) {
        throw new IllegalArgumentException(
            "%s: index %d is not in [0, %d)".formatted(operation, index, limit));
      }
    }
  }
}
