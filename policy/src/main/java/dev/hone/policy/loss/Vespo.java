package dev.hone.policy.loss;

/**
 * VESPO, 2026, "Variational Sequence-Level Soft Policy Optimization", as TRL computes it: the
 * sequence's importance weight W enters through a constant, smooth gate.
 *
 * <pre>  l = -phi A log pi,   phi = exp(lambda + k log W - lambda W)</pre>
 */
record Vespo(double phi) implements Surrogate {

  private static final double LOG_WEIGHT_MIN = Math.log(1e-8);
  private static final double LOG_WEIGHT_MAX = 20;

  /**
   * The gate of one sequence.
   *
   * @param logWeight sum of the tokens' clamped log ratios and corrections
   */
  static Vespo of(double logWeight, double k, double lambda) {
    double bounded = clamp(logWeight);
    return new Vespo(Math.exp(lambda + k * bounded - lambda * Math.exp(bounded)));
  }

  /** Bounds the logarithm of a weight, so that its exponential stays in range. */
  static double clamp(double logWeight) {
    return Math.max(LOG_WEIGHT_MIN, Math.min(LOG_WEIGHT_MAX, logWeight));
  }

  @Override
  public TokenLoss at(double ratio, double logProb, double advantage) {
    double weight = phi * advantage;
    return new TokenLoss(-weight * logProb, 0, -weight);
  }
}
