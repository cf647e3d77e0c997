package dev.hone.rewards.code;

import dev.hone.sandbox.Execution;

/**
 * What became of one test.
 *
 * @param number the test's, from 1
 * @param verdict the verdict
 * @param reason in one line
 * @param execution the run that was judged
 */
public record TestReport(int number, CodeVerdict verdict, String reason, Execution execution) {

  /** The part of {@code text} that fits in a reason, on one line. */
  static String line(String text) {
    String flat = text.strip().replaceAll("\\s+", " ");
    return flat.length() <= 300 ? flat : flat.substring(0, 297) + "...";
  }
}
