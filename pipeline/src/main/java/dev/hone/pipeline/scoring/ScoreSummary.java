package dev.hone.pipeline.scoring;

import dev.hone.rewards.Verdict;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What came of scoring a file.
 *
 * @param rows how many rows were read
 * @param scored how many of them have a score: no error, and the reward applies
 * @param meanScore over those; NaN where there is none
 * @param verdicts how often each verdict was given
 * @param seconds what it took
 */
public record ScoreSummary(
    long rows, long scored, double meanScore, Map<Verdict, Long> verdicts, double seconds) {

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d rows  mean score %s  %s  (%.1f s, %.0f rows/s)",
        rows,
        scored == 0
            ? "none"
            : String.format(Locale.ROOT, "%.4f", meanScore)
                + (scored == rows ? "" : " over " + scored),
        verdicts.entrySet().stream()
            .map(verdict -> verdict.getKey() + " " + verdict.getValue())
            .collect(Collectors.joining("  ")),
        seconds,
        rows / Math.max(seconds, 1e-9));
  }
}
