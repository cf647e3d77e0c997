package dev.hone.policy.checkpoint;

import dev.hone.policy.tensor.Shape;

/**
 * A tensor as the header of a safetensors file names it.
 *
 * @param position its first byte in the file
 */
public record TensorEntry(String name, TensorType type, Shape shape, long position) {

  /** Bytes of its elements. */
  public long bytes() {
    return shape.size() * type.bytes();
  }
}
