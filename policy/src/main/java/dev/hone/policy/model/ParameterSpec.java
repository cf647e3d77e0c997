package dev.hone.policy.model;

import dev.hone.policy.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A parameter of a model: what it is called and shaped in memory, and the tensors of a checkpoint
 * that it is made of. Gate and up projections lie one above the other ({@code [2 * width, in]},
 * gate first), experts are stacked ({@code [experts, out, in]}), so every checkpoint tensor is one
 * contiguous range.
 *
 * @param name unique in the model; the checkpoint's own name where it is a single tensor
 * @param start how a fresh one begins
 * @param trained false for the routers' correction biases, which no gradient moves
 * @param disk in the order of their offsets, together covering the parameter
 */
public record ParameterSpec(
    String name, Shape shape, Start start, boolean trained, List<DiskTensor> disk) {

  /** How a fresh parameter begins. */
  public enum Start {
    /** Normal with the configuration's {@code initializer_range}: projections and embeddings. */
    NORMAL,
    /** Ones: gains of norms. */
    ONES,
    /** Zeros: biases. */
    ZEROS
  }

  /** Number of elements. */
  public long size() {
    return shape.size();
  }

  /** Cuts values of this parameter, or gradients, into the tensors on disk, by name. */
  public Map<String, float[]> split(float[] values) {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    for (DiskTensor tensor : disk) {
      int from = (int) tensor.offset();
      tensors.put(tensor.name(), Arrays.copyOfRange(values, from, from + tensor.size()));
    }
    return tensors;
  }
}
