package dev.hone.policy.model;

import dev.hone.policy.tensor.Tensor;

/** The feed-forward of one layer: {@code [tokens, width] -> [tokens, width]}. */
interface FeedForward {

  Tensor apply(Tensor x, ForwardListener listener);
}
