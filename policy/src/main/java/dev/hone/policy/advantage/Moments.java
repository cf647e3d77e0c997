package dev.hone.policy.advantage;

/**
 * Mean and sample standard deviation (Bessel-corrected) of the numbers among {@code values}; NaN
 * entries are left out.
 *
 * @param mean NaN of nothing
 * @param std NaN of fewer than two
 */
record Moments(int count, double mean, double std) {

  static Moments of(double[] values, int from, int to) {
    int count = 0;
    double sum = 0;
    for (int i = from; i < to; i++) {
      if (!Double.isNaN(values[i])) {
        count++;
        sum += values[i];
      }
    }
    double mean = sum / count;
    double squares = 0;
    for (int i = from; i < to; i++) {
      if (!Double.isNaN(values[i])) {
        squares += (values[i] - mean) * (values[i] - mean);
      }
    }
    return new Moments(count, mean, Math.sqrt(squares / (count - 1)));
  }

  static Moments of(double[] values) {
    return of(values, 0, values.length);
  }

  /** Whether all are equal but for rounding. */
  boolean degenerate() {
    return Math.abs(std) <= 1e-8;
  }
}
