package dev.hone.policy.model;

import dev.hone.policy.tensor.RouterSettings;

/** What follows attention in a layer: one SwiGLU, or a mixture of them. */
public sealed interface FeedForwardConfig {

  /** {@code down(silu(gate(x)) * up(x))}, with {@code width} columns inside. */
  record Dense(int width) implements FeedForwardConfig {}

  /**
   * Routed experts and, where {@code sharedWidth > 0}, one that every token passes (DeepSeekMoE,
   * Dai et al., 2024).
   *
   * @param experts number of routed experts
   * @param expertWidth columns inside each
   * @param sharedWidth columns inside the shared expert; 0 for none
   * @param correctionBias whether a bias that is not trained moves the choice (DeepSeek-V3)
   */
  record Moe(
      int experts, int expertWidth, int sharedWidth, boolean correctionBias, RouterSettings router)
      implements FeedForwardConfig {}
}
