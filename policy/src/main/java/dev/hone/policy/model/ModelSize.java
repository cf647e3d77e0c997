package dev.hone.policy.model;

import dev.hone.policy.tensor.DType;

/**
 * How large a model is.
 *
 * @param parameters all numbers of its weights
 * @param activeParameters those that take part in computing one token: of the routed experts, only
 *     the chosen
 * @param cacheNumbersPerToken numbers the cache holds of a token, in all layers
 * @param multiHeadCacheNumbersPerToken what plain multi-head attention with as many heads would
 *     hold
 */
public record ModelSize(
    long parameters,
    long activeParameters,
    long cacheNumbersPerToken,
    long multiHeadCacheNumbersPerToken) {

  /** The size of {@code config}. */
  public static ModelSize of(ModelConfig config) {
    long parameters = 0;
    for (ParameterSpec spec : ParameterLayout.of(config).specs()) {
      parameters += spec.size();
    }
    long idle = 0;
    for (FeedForwardConfig layer : config.feedForwards()) {
      if (layer instanceof FeedForwardConfig.Moe moe) {
        long expert = 3L * moe.expertWidth() * config.width();
        idle += (moe.experts() - moe.router().topK()) * expert;
      }
    }
    return new ModelSize(
        parameters,
        parameters - idle,
        (long) config.layers() * config.attention().cacheWidth(),
        (long) config.layers() * config.attention().multiHeadCacheWidth());
  }

  /** Bytes of the cache a token, held as {@code dtype}. */
  public long cacheBytesPerToken(DType dtype) {
    return cacheNumbersPerToken * dtype.bytes();
  }

  /** Bytes of the cache a token of plain multi-head attention, held as {@code dtype}. */
  public long multiHeadCacheBytesPerToken(DType dtype) {
    return multiHeadCacheNumbersPerToken * dtype.bytes();
  }
}
