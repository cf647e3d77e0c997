package dev.hone.pipeline.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Percentile bootstrap over problems (Efron 1979): problems are drawn anew with replacement, the
 * mean is taken, and the middle 95 % of such means is the interval. Seeded, so the same answers
 * always give the same interval.
 */
public final class Bootstrap {

  private static final int RESAMPLES = 5_000;
  private static final double TAIL = 0.025;

  private Bootstrap() {}

  /**
   * The mean of one score a problem.
   *
   * @param scores one number a problem
   * @param seed of the drawing
   * @return NaN throughout where there are no problems
   */
  public static Estimate mean(double[] scores, long seed) {
    int n = scores.length;
    if (n == 0) {
      return new Estimate(Double.NaN, Double.NaN, Double.NaN);
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] means = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      double sum = 0;
      for (int j = 0; j < n; j++) {
        sum += scores[random.nextInt(n)];
      }
      means[i] = sum / n;
    }
    Arrays.sort(means);
    return new Estimate(
        Arrays.stream(scores).sum() / n, quantile(means, TAIL), quantile(means, 1 - TAIL));
  }

  /**
   * How much better the same problems were answered: the mean of the differences, whose interval is
   * narrower than either mean's because a hard problem is hard both times.
   *
   * @param before one score a problem
   * @param after the same problems in the same order
   */
  public static Estimate gain(double[] before, double[] after, long seed) {
    if (before.length != after.length) {
      throw new IllegalArgumentException(
          before.length + " problems before, " + after.length + " after");
    }
    double[] differences = new double[before.length];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = after[i] - before[i];
    }
    return mean(differences, seed);
  }

  private static double quantile(double[] sorted, double q) {
    double place = q * (sorted.length - 1);
    int below = (int) place;
    double above = sorted[Math.min(below + 1, sorted.length - 1)];
    return sorted[below] + (place - below) * (above - sorted[below]);
  }
}
