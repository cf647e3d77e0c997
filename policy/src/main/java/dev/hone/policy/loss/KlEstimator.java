package dev.hone.policy.loss;

/**
 * Estimators of KL(policy || reference) from one sample (Schulman, 2020, "Approximating KL
 * divergence"), as functions of {@code d = log reference - log policy}.
 */
public enum KlEstimator {
  /** {@code -d}: unbiased, may be negative. */
  K1 {
    @Override
    double value(double d) {
      return -d;
    }

    @Override
    double derivative(double d) {
      return -1;
    }
  },
  /** {@code d^2 / 2}: biased, low variance. */
  K2 {
    @Override
    double value(double d) {
      return d * d / 2;
    }

    @Override
    double derivative(double d) {
      return d;
    }
  },
  /** {@code exp(d) - d - 1}: unbiased, never negative. */
  K3 {
    @Override
    double value(double d) {
      return Math.exp(d) - d - 1;
    }

    @Override
    double derivative(double d) {
      return Math.exp(d) - 1;
    }
  };

  abstract double value(double d);

  /** Of {@link #value} with respect to {@code d}. */
  abstract double derivative(double d);
}
