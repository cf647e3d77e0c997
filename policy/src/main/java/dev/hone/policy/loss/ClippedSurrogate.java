package dev.hone.policy.loss;

/**
 * Schulman et al., 2017, "Proximal Policy Optimization Algorithms", equation 7:
 *
 * <pre>  l = -min(min(rho, delta) A, clip(rho, 1 - low, 1 + high) A)</pre>
 *
 * with the wider upper bound of DAPO (Yu et al., 2025), the cap delta of two-sided clipping
 * (INTELLECT-2, 2025), and for A < 0 the dual clip {@code l = min(l, -dual A)} (Ye et al., 2020).
 *
 * @param delta infinite for no cap
 * @param dual infinite for no dual clip
 */
record ClippedSurrogate(double low, double high, double delta, double dual) implements Surrogate {

  @Override
  public TokenLoss at(double ratio, double logProb, double advantage) {
    double capped = Math.min(ratio, delta);
    double cappedSlope = ratio <= delta ? 1 : 0;
    double clipped = Math.max(1 - low, Math.min(1 + high, ratio));
    double clippedSlope = clipped == ratio ? 1 : 0;
    double left = capped * advantage;
    double right = clipped * advantage;
    // Where both are equal the subgradient in between is taken, as torch.minimum does.
    double slope =
        left < right ? cappedSlope : right < left ? clippedSlope : (cappedSlope + clippedSlope) / 2;
    double loss = -Math.min(left, right);
    if (advantage < 0 && loss > -dual * advantage) {
      return new TokenLoss(-dual * advantage, 0, 0);
    }
    return new TokenLoss(loss, -slope * advantage, 0);
  }

  /** Whether the lower bound holds a bad token back. */
  boolean clipsLow(double ratio, double advantage) {
    return Math.min(ratio, delta) < 1 - low && advantage < 0;
  }

  /** Whether the upper bound holds a good token back. */
  boolean clipsHigh(double ratio, double advantage) {
    return Math.min(ratio, delta) > 1 + high && advantage > 0;
  }
}
