package dev.hone.policy.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The extents of a tensor, outermost first; row-major. A scalar has no dimensions. */
public record Shape(int... dims) {

  public Shape {
    dims = dims.clone();
    for (int dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException(
            "A dimension must not be negative, found " + Arrays.toString(dims));
      }
    }
  }

  @Override
  public int[] dims() {
    return dims.clone();
  }

  public int rank() {
    return dims.length;
  }

  /** Extent of dimension {@code axis}; negative axes count from the last. */
  public int dim(int axis) {
    return dims[axis < 0 ? dims.length + axis : axis];
  }

  /** Number of elements. */
  public long size() {
    long size = 1;
    for (int dim : dims) {
      size *= dim;
    }
    return size;
  }

  /** Elements over the last extent: the vectors it is made of. */
  public long rows() {
    long rows = 1;
    for (int axis = 0; axis < dims.length - 1; axis++) {
      rows *= dims[axis];
    }
    return rows;
  }

  /** The same with another last extent. */
  public Shape withLast(int extent) {
    int[] other = dims();
    other[other.length - 1] = extent;
    return new Shape(other);
  }

  /** The same with another first extent. */
  public Shape withFirst(int extent) {
    int[] other = dims();
    other[0] = extent;
    return new Shape(other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.stream(dims)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
