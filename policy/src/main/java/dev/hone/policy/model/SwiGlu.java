package dev.hone.policy.model;

import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Tensor;

/** {@code down(silu(gate(x)) * up(x))} (Shazeer, 2020). */
final class SwiGlu implements FeedForward {

  private final Ops ops;
  private final Tensor gateUp; // [2 * inner, width]
  private final Tensor down; // [width, inner]

  SwiGlu(String at, Weights weights) {
    this.ops = weights.ops();
    this.gateUp = weights.get(at + "gate_up_proj.weight");
    this.down = weights.get(at + "down_proj.weight");
  }

  @Override
  public Tensor apply(Tensor x, ForwardListener listener) {
    return ops.linear(ops.swiGlu(ops.linear(x, gateUp, null)), down, null);
  }
}
