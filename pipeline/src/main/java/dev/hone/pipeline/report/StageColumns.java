package dev.hone.pipeline.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hone.pipeline.run.MetricsRow;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A stage's metrics as columns to draw: at most {@value #POINTS} points, each the mean of its
 * steps, with six digits. The report stays small however long the run.
 */
final class StageColumns {

  private static final int POINTS = 600;
  private static final MathContext DIGITS = new MathContext(6);

  private final List<MetricsRow> rows;

  private StageColumns(List<MetricsRow> rows) {
    this.rows = rows;
  }

  /** The rows of a stage that say more than an evaluation's result. */
  static StageColumns of(String stage, List<MetricsRow> rows) {
    return new StageColumns(
        rows.stream()
            .filter(row -> row.stage().equals(stage))
            .filter(row -> row.metrics().keySet().stream().anyMatch(StageColumns::drawn))
            .toList());
  }

  private static boolean drawn(String metric) {
    return !metric.startsWith("eval/");
  }

  /** Steps done. */
  long steps() {
    return rows.isEmpty() ? 0 : rows.get(rows.size() - 1).step();
  }

  /** Seconds spent in steps; from the clock where no step says how long it took. */
  double seconds() {
    double sum = 0;
    for (MetricsRow row : rows) {
      double time = row.metrics().getOrDefault("step_time", Double.NaN);
      if (Double.isFinite(time)) {
        sum += time;
      }
    }
    return sum > 0 || rows.isEmpty() ? sum : rows.get(rows.size() - 1).time() - rows.get(0).time();
  }

  /** {@code {"step": [...], METRIC: [...]}}; what is not finite is {@code null}. */
  ObjectNode toJson() {
    Set<String> names = new LinkedHashSet<>();
    rows.forEach(
        row -> row.metrics().keySet().stream().filter(StageColumns::drawn).forEach(names::add));
    int points = Math.min(rows.size(), POINTS);
    ObjectNode columns = JsonNodeFactory.instance.objectNode();
    ArrayNode steps = columns.putArray("step");
    for (int p = 0; p < points; p++) {
      steps.add(rows.get(end(p, points) - 1).step());
    }
    for (String name : names) {
      ArrayNode column = columns.putArray(name);
      for (int p = 0; p < points; p++) {
        number(column, mean(name, p == 0 ? 0 : end(p - 1, points), end(p, points)));
      }
    }
    return columns;
  }

  private int end(int point, int points) {
    return (int) ((long) rows.size() * (point + 1) / points);
  }

  private double mean(String name, int from, int to) {
    double sum = 0;
    int count = 0;
    for (MetricsRow row : rows.subList(from, to)) {
      double value = row.metrics().getOrDefault(name, Double.NaN);
      if (Double.isFinite(value)) {
        sum += value;
        count++;
      }
    }
    return sum / count;
  }

  /** Adds a number to draw. */
  static void number(ArrayNode array, double value) {
    if (Double.isFinite(value)) {
      array.add(new BigDecimal(value).round(DIGITS).doubleValue());
    } else {
      array.addNull();
    }
  }
}
