package dev.hone.policy.model;

import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.RotaryTable;
import dev.hone.policy.tensor.Tensor;

/**
 * Grouped-query attention (Ainslie et al., 2023), with the head norms of Qwen3 where it has them.
 */
final class GroupedQueryAttention implements Attention {

  private final Ops ops;
  private final int layer;
  private final AttentionConfig.Gqa config;
  private final RotaryTable rotary;
  private final double normEpsilon;
  private final Tensor query; // [heads * headWidth, width]
  private final Tensor queryBias; // [heads * headWidth], or null
  private final Tensor queryGain; // [headWidth], or null
  private final Tensor key; // [keyValueHeads * headWidth, width]
  private final Tensor keyBias; // [keyValueHeads * headWidth], or null
  private final Tensor keyGain; // [headWidth], or null
  private final Tensor value; // [keyValueHeads * headWidth, width]
  private final Tensor valueBias; // [keyValueHeads * headWidth], or null
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
    this.query = weights.get(at + "q_proj.weight");
    this.queryBias = weights.getOrNull(at + "q_proj.bias");
    this.queryGain = weights.getOrNull(at + "q_norm.weight");
    this.key = weights.get(at + "k_proj.weight");
    this.keyBias = weights.getOrNull(at + "k_proj.bias");
    this.keyGain = weights.getOrNull(at + "k_norm.weight");
    this.value = weights.get(at + "v_proj.weight");
    this.valueBias = weights.getOrNull(at + "v_proj.bias");
    this.output = weights.get(at + "o_proj.weight");
    this.outputBias = weights.getOrNull(at + "o_proj.bias");
  }

  @Override
  public Tensor apply(Tensor x, Packing packing) {
    int tokens = packing.tokens();
    int d = config.headWidth();
    int groups = config.keyValueHeads();
    Tensor q = ops.reshape(ops.linear(x, query, queryBias), tokens, config.heads(), d);
    Tensor k = ops.reshape(ops.linear(x, key, keyBias), tokens, groups, d);
    Tensor v = ops.reshape(ops.linear(x, value, valueBias), tokens, groups, d);
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
