package dev.hone.policy.model;

import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Projection;
import dev.hone.policy.tensor.RotaryTable;
import dev.hone.policy.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;

/**
 * Grouped-query attention (Ainslie et al., 2023), with the head norms of Qwen3 where it has them.
 */
final class GroupedQueryAttention implements Attention {

  private final Ops ops;
  private final int layer;
  private final AttentionConfig.Gqa config;
  private final RotaryTable rotary;
  private final double normEpsilon;
  private final List<Projection> projections; // queries, keys, values: [heads * headWidth, width]
  private final Tensor queryGain; // [headWidth], or null
  private final Tensor keyGain; // [headWidth], or null
  private final Tensor output; // [width, heads * headWidth]
  private final Tensor outputBias; // [width], or null

  GroupedQueryAttention(
      String at,
      int layer,
      AttentionConfig.Gqa config,
      RotaryTable rotary,
      double normEpsilon,
      Weights weights) {
    this.ops = weights.ops();
    this.layer = layer;
    this.config = config;
    this.rotary = rotary;
    this.normEpsilon = normEpsilon;
    this.projections =
        Stream.of("q_proj", "k_proj", "v_proj").map(name -> weights.projection(at + name)).toList();
    this.queryGain = weights.getOrNull(at + "q_norm.weight");
    this.keyGain = weights.getOrNull(at + "k_norm.weight");
    this.output = weights.get(at + "o_proj.weight");
    this.outputBias = weights.getOrNull(at + "o_proj.bias");
  }

  @Override
  public Tensor apply(Tensor x, Packing packing) {
    int tokens = packing.tokens();
    int d = config.headWidth();
    int groups = config.keyValueHeads();
    List<Tensor> projected = ops.linears(x, projections);
    Tensor q = ops.reshape(projected.get(0), tokens, config.heads(), d);
    Tensor k = ops.reshape(projected.get(1), tokens, groups, d);
    Tensor v = ops.reshape(projected.get(2), tokens, groups, d);
    if (config.headNorm()) {
      q = ops.rmsNorm(q, queryGain, normEpsilon);
      k = ops.rmsNorm(k, keyGain, normEpsilon);
    }
    q = ops.rope(q, 0, rotary, packing);
    k = ops.rope(k, 0, rotary, packing);
    Tensor attended = ops.attention(q, k, v, config.scale(), packing, layer);
    return ops.linear(ops.reshape(attended, tokens, config.heads() * d), output, outputBias);
  }
}
