package dev.hone.policy.model;

import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.RotaryTable;
import dev.hone.policy.tensor.Tensor;

/** Multi-head latent attention (DeepSeek-V2, 2024, section 2.1 and appendix C). */
final class LatentAttention implements Attention {

  /** Of the norms of the two latents, whatever {@code rms_norm_eps} says. */
  private static final double LATENT_EPSILON = 1e-6;

  private final Ops ops;
  private final int layer;
  private final AttentionConfig.Mla config;
  private final RotaryTable rotary;
  private final Tensor query; // [heads * (nope + rope), width], or null with a query latent
  private final Tensor queryDown; // [queryRank, width]
  private final Tensor queryDownBias; // [queryRank], or null
  private final Tensor queryGain; // [queryRank]
  private final Tensor queryUp; // [heads * (nope + rope), queryRank]
  private final Tensor latentDown; // [rank + rope, width]
  private final Tensor latentDownBias; // [rank + rope], or null
  private final Tensor latentGain; // [rank]
  private final Tensor latentUp; // [heads * (nope + value), rank]
  private final Tensor output; // [width, heads * value]
  private final Tensor outputBias; // [width], or null

  LatentAttention(
      String at, int layer, AttentionConfig.Mla config, RotaryTable rotary, Weights weights) {
    this.ops = weights.ops();
    this.layer = layer;
    this.config = config;
    this.rotary = rotary;
    this.query = weights.getOrNull(at + "q_proj.weight");
    this.queryDown = weights.getOrNull(at + "q_a_proj.weight");
    this.queryDownBias = weights.getOrNull(at + "q_a_proj.bias");
    this.queryGain = weights.getOrNull(at + "q_a_layernorm.weight");
    this.queryUp = weights.getOrNull(at + "q_b_proj.weight");
    this.latentDown = weights.get(at + "kv_a_proj_with_mqa.weight");
    this.latentDownBias = weights.getOrNull(at + "kv_a_proj_with_mqa.bias");
    this.latentGain = weights.get(at + "kv_a_layernorm.weight");
    this.latentUp = weights.get(at + "kv_b_proj.weight");
    this.output = weights.get(at + "o_proj.weight");
    this.outputBias = weights.getOrNull(at + "o_proj.bias");
  }

  @Override
  public Tensor apply(Tensor x, Packing packing) {
    int tokens = packing.tokens();
    int rank = config.latentRank();
    int rope = config.rope();

    Tensor q = ops.reshape(queries(x), tokens, config.heads(), config.nope() + rope);
    q = ops.rope(q, config.nope(), rotary, packing);

    Tensor down = ops.linear(x, latentDown, latentDownBias); // [tokens, rank + rope]
    Tensor latent = ops.rmsNorm(ops.slice(down, 0, rank), latentGain, LATENT_EPSILON);
    Tensor sharedKey = ops.reshape(ops.slice(down, rank, rank + rope), tokens, 1, rope);
    sharedKey = ops.reshape(ops.rope(sharedKey, 0, rotary, packing), tokens, rope);

    Tensor attended =
        ops.latentAttention(
            q,
            ops.concat(latent, sharedKey),
            latentUp,
            config.nope(),
            config.scale(),
            packing,
            layer);
    attended = ops.reshape(attended, tokens, config.heads() * config.value());
    return ops.linear(attended, output, outputBias);
  }

  private Tensor queries(Tensor x) {
    if (query != null) {
      return ops.linear(x, query, null);
    }
    Tensor down = ops.linear(x, queryDown, queryDownBias);
    return ops.linear(ops.rmsNorm(down, queryGain, LATENT_EPSILON), queryUp, null);
  }
}
