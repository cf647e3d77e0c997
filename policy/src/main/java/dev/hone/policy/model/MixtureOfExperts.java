package dev.hone.policy.model;

import dev.hone.policy.tensor.ExpertDispatch;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Routing;
import dev.hone.policy.tensor.Tensor;

/** Routed experts and a shared one (DeepSeekMoE, Dai et al., 2024). */
final class MixtureOfExperts implements FeedForward {

  private final Ops ops;
  private final int layer;
  private final FeedForwardConfig.Moe config;
  private final Tensor gate; // [experts, width]
  private final Tensor correctionBias; // [experts], or null
  private final Tensor gateUp; // [experts, 2 * inner, width]
  private final Tensor down; // [experts, width, inner]
  private final SwiGlu shared; // or null

  MixtureOfExperts(String at, int layer, FeedForwardConfig.Moe config, Weights weights) {
    this.ops = weights.ops();
    this.layer = layer;
    this.config = config;
    this.gate = weights.get(at + "gate.weight");
    this.correctionBias = weights.getOrNull(at + "gate.e_score_correction_bias");
    this.gateUp = weights.get(at + "experts.gate_up_proj");
    this.down = weights.get(at + "experts.down_proj");
    this.shared = config.sharedWidth() > 0 ? new SwiGlu(at + "shared_experts.", weights) : null;
  }

  @Override
  public Tensor apply(Tensor x, ForwardListener listener) {
    Routing routing = ops.route(x, gate, correctionBias, config.router());
    listener.routed(layer, routing);
    ExpertDispatch dispatch = ops.dispatch(routing, config.experts());
    Tensor rows = ops.permute(x, dispatch);
    rows = ops.swiGlu(ops.groupedLinear(rows, gateUp, dispatch));
    rows = ops.groupedLinear(rows, down, dispatch);
    Tensor routed = ops.unpermute(rows, routing.weights(), dispatch);
    return shared == null ? routed : ops.add(routed, shared.apply(x, listener));
  }
}
