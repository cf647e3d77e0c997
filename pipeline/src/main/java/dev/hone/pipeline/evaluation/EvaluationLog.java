package dev.hone.pipeline.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hone.pipeline.run.StepLog;
import dev.hone.policy.InvalidInput;
import java.nio.file.Path;
import java.util.List;

/** {@code evaluations.jsonl}: every evaluation of a run, a line each. */
public final class EvaluationLog implements AutoCloseable {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private final Path file;
  private final StepLog log;

  private EvaluationLog(Path file, StepLog log) {
    this.file = file;
    this.log = log;
  }

  /** Opens or creates the log and repairs its end. */
  public static EvaluationLog open(Path file) {
    return new EvaluationLog(file, StepLog.open(file));
  }

  /** An evaluation as JSON. */
  public static ObjectNode toJson(Evaluation evaluation) {
    return JSON.valueToTree(evaluation);
  }

  /** Adds an evaluation. */
  public void append(Evaluation evaluation) {
    log.append(toJson(evaluation));
  }

  /** Every evaluation so far. */
  public List<Evaluation> evaluations() {
    return read(file);
  }

  /** Every whole evaluation of a log, oldest first; none where there is no file. */
  public static List<Evaluation> read(Path file) {
    return StepLog.read(file).stream()
        .map(
            row -> {
              try {
                return JSON.treeToValue(row, Evaluation.class);
              } catch (JsonProcessingException e) {
                throw new InvalidInput(file + " holds no evaluation: " + e.getOriginalMessage(), e);
              }
            })
        .toList();
  }

  /** Drops the evaluations past a step: see {@link StepLog#keepThrough}. */
  public void keepThrough(List<String> finished, String stage, long step) {
    log.keepThrough(finished, stage, step);
  }

  /** Drops every evaluation. */
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
