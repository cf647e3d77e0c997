package dev.hone.policy.model;

import dev.hone.policy.tensor.Routing;
import dev.hone.policy.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Copies what a forward pass shows, under the names of the fixtures. */
final class Recording implements ForwardListener {

  final Map<String, float[]> values = new LinkedHashMap<>();

  @Override
  public void embedding(Tensor states) {
    values.put("hidden.embed", states.toFloats());
  }

  @Override
  public void attention(int layer, Tensor output) {
    values.put("attn_out.layer" + layer, output.toFloats());
  }

  @Override
  public void routed(int layer, Routing routing) {
    int[] experts = routing.experts().toInts();
    float[] asFloats = new float[experts.length];
    for (int i = 0; i < experts.length; i++) {
      asFloats[i] = experts[i];
    }
    values.put("router_idx.layer" + layer, asFloats);
    values.put("router_w.layer" + layer, routing.weights().toFloats());
    values.put("scores.layer" + layer, routing.scores().toFloats());
  }

  @Override
  public void feedForward(int layer, Tensor output) {
    values.put("mlp_out.layer" + layer, output.toFloats());
  }

  @Override
  public void layer(int layer, Tensor states) {
    values.put("hidden.layer" + layer, states.toFloats());
  }
}
