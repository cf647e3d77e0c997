package dev.hone.pipeline.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code metrics.jsonl}: a flat JSON object a step, {@code {"stage":"grpo","step":12,"time":...,
 * "reward":0.41,...}}. Numbers come back with the same bits; what is not finite is written as
 * {@code null} and read as NaN.
 */
public final class MetricsLog implements AutoCloseable {

  private static final Set<String> POSITION = Set.of("stage", "step", "time");

  private final Path file;
  private final StepLog log;

  private MetricsLog(Path file, StepLog log) {
    this.file = file;
    this.log = log;
  }

  /** Opens or creates the log and repairs its end. */
  public static MetricsLog open(Path file) {
    return new MetricsLog(file, StepLog.open(file));
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException where a metric is named {@code stage}, {@code step} or {@code
   *     time}
   */
  public void append(MetricsRow row) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("stage", row.stage());
    node.put("step", row.step());
    node.put("time", row.time());
    row.metrics()
        .forEach(
            (name, value) -> {
              if (POSITION.contains(name)) {
                throw new IllegalArgumentException("a metric cannot be named " + name);
              }
              if (Double.isFinite(value)) {
                node.put(name, value);
              } else {
                node.putNull(name);
              }
            });
    log.append(node);
  }

  /** Every row so far. */
  public List<MetricsRow> rows() {
    return read(file);
  }

  /** Every whole row of a log, oldest first; none where there is no file. */
  public static List<MetricsRow> read(Path file) {
    return StepLog.read(file).stream().map(MetricsLog::row).toList();
  }

  private static MetricsRow row(ObjectNode node) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (POSITION.contains(field.getKey())) {
        continue;
      }
      JsonNode value = field.getValue();
      metrics.put(field.getKey(), value.isNumber() ? value.doubleValue() : Double.NaN);
    }
    return new MetricsRow(
        node.path("stage").asText(),
        node.path("step").asLong(),
        node.path("time").doubleValue(),
        metrics);
  }

  /** Drops the rows past a step: see {@link StepLog#keepThrough}. */
  public void keepThrough(List<String> finished, String stage, long step) {
    log.keepThrough(finished, stage, step);
  }

  /** Drops every row. */
  public void clear() {
    log.clear();
  }

  /** Flushes the file to the disk. */
  public void sync() {
    log.sync();
  }

  @Override
  public void close() {
    log.close();
  }
}
