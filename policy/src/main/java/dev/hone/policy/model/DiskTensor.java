package dev.hone.policy.model;

import dev.hone.policy.tensor.Shape;

/**
 * A tensor of a Hugging Face checkpoint and where it lies inside a parameter: the parameter's
 * row-major elements {@code [offset, offset + shape.size())}.
 */
public record DiskTensor(String name, Shape shape, long offset) {

  /** Number of elements. */
  public int size() {
    return Math.toIntExact(shape.size());
  }
}
