package dev.hone.policy.model;

import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Tensor;

/** One pre-norm layer: {@code x += attention(norm(x)); x += feedForward(norm(x))}. */
final class DecoderLayer {

  private final Ops ops;
  private final int index;
  private final double epsilon;
  private final Tensor attentionGain; // [width]
  private final Attention attention;
  private final Tensor feedForwardGain; // [width]
  private final FeedForward feedForward;

  DecoderLayer(int index, ModelConfig config, Weights weights) {
    this.ops = weights.ops();
    this.index = index;
    this.epsilon = config.normEpsilon();
    String at = "model.layers." + index + ".";
    this.attentionGain = weights.get(at + "input_layernorm.weight");
    this.attention =
        config.attention() instanceof AttentionConfig.Mla mla
            ? new LatentAttention(at + "self_attn.", index, mla, config.rotary(), weights)
            : new GroupedQueryAttention(
                at + "self_attn.",
                index,
                (AttentionConfig.Gqa) config.attention(),
                config.rotary(),
                epsilon,
                weights);
    this.feedForwardGain = weights.get(at + "post_attention_layernorm.weight");
    this.feedForward =
        config.feedForwards().get(index) instanceof FeedForwardConfig.Moe moe
            ? new MixtureOfExperts(at + "mlp.", index, moe, weights)
            : new SwiGlu(at + "mlp.", weights);
  }

  Tensor apply(Tensor x, Packing packing, ForwardListener listener) {
    Tensor attended = attention.apply(ops.rmsNorm(x, attentionGain, epsilon), packing);
    listener.attention(index, attended);
    x = ops.add(x, attended);
    Tensor fed = feedForward.apply(ops.rmsNorm(x, feedForwardGain, epsilon), listener);
    listener.feedForward(index, fed);
    return ops.add(x, fed);
  }
}
