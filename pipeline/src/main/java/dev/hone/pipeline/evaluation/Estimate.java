package dev.hone.pipeline.evaluation;

import java.util.Locale;

/**
 * A number measured on a sample of problems, and the interval that holds it with 95 % confidence.
 *
 * @param value the mean over the problems
 * @param low lower end of the interval
 * @param high upper end of the interval
 */
public record Estimate(double value, double low, double high) {

  /** {@code 0.743 [0.708, 0.777]}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", value, low, high);
  }
}
