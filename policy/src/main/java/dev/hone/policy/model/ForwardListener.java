package dev.hone.policy.model;

import dev.hone.policy.tensor.Routing;
import dev.hone.policy.tensor.Tensor;

/**
 * Sees the inside of a forward pass, in its order. A tensor is valid during the call; those of a
 * {@link Routing} live on in the scope of the caller of the pass, so that a balance loss can root
 * its gradient in the scores.
 */
public interface ForwardListener {

  /** Listens to nothing. */
  ForwardListener NONE = new ForwardListener() {};

  /** The embedded tokens, {@code [tokens, width]}. */
  default void embedding(Tensor states) {}

  /** What attention adds to the residual stream in {@code layer}, {@code [tokens, width]}. */
  default void attention(int layer, Tensor output) {}

  /** The choice of experts in {@code layer}; not called for dense layers. */
  default void routed(int layer, Routing routing) {}

  /**
   * What the feed-forward adds to the residual stream in {@code layer}, {@code [tokens, width]}.
   */
  default void feedForward(int layer, Tensor output) {}

  /** The residual stream after {@code layer}, before any final norm, {@code [tokens, width]}. */
  default void layer(int layer, Tensor states) {}
}
