package dev.hone.policy.model;

import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Projection;
import dev.hone.policy.tensor.RotaryTable;
import dev.hone.policy.tensor.Tensor;
import java.util.List;

/** Multi-head latent attention (DeepSeek-V2, 2024, section 2.1 and appendix C). */
final class LatentAttention implements Attention {

  /** Of the norms of the two latents, whatever {@code rms_norm_eps} says. */
  private static final double LATENT_EPSILON = 1e-6;

  private final Ops ops;
  private final int layer;
  private final AttentionConfig.Mla config;
  private final RotaryTable rotary;
  // Queries [heads * (nope + rope), width] or their latent [queryRank, width]; [rank + rope, width]
  private final List<Projection> projections;
  private final Tensor queryGain; // [queryRank], or null without a query latent
  private final Tensor queryUp; // [heads * (nope + rope), queryRank], or null
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
    boolean direct = weights.getOrNull(at + "q_proj.weight") != null;
    this.projections =
        List.of(
            weights.projection(at + (direct ? "q_proj" : "q_a_proj")),
            weights.projection(at + "kv_a_proj_with_mqa"));
    this.queryGain = weights.getOrNull(at + "q_a_layernorm.weight");
    this.queryUp = weights.getOrNull(at + "q_b_proj.weight");
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

    List<Tensor> projected = ops.linears(x, projections);
    Tensor q = queries(projected.get(0));
    q = ops.reshape(q, tokens, config.heads(), config.nope() + rope);
    q = ops.rope(q, config.nope(), rotary, packing);

    Tensor down = projected.get(1); // [tokens, rank + rope]
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

  private Tensor queries(Tensor projected) {
    return queryUp == null
        ? projected
        : ops.linear(ops.rmsNorm(projected, queryGain, LATENT_EPSILON), queryUp, null);
  }
}
