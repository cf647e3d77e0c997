package dev.hone.pipeline.train;

import dev.hone.pipeline.evaluation.Evaluation;
import dev.hone.pipeline.evaluation.EvaluationLog;
import dev.hone.pipeline.evaluation.EvaluationResult;
import dev.hone.pipeline.run.MetricsLog;
import dev.hone.pipeline.run.MetricsRow;
import dev.hone.pipeline.run.RunDirectory;
import dev.hone.pipeline.run.TensorBoardWriter;
import dev.hone.pipeline.run.TrainingState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The logs of a run: metrics, evaluations and TensorBoard events, each step once. */
final class RunLogs implements AutoCloseable {

  private final RunDirectory run;
  private final MetricsLog metrics;
  private final EvaluationLog evaluations;
  private final Map<String, TensorBoardWriter> events = new LinkedHashMap<>();

  private RunLogs(RunDirectory run, MetricsLog metrics, EvaluationLog evaluations) {
    this.run = run;
    this.metrics = metrics;
    this.evaluations = evaluations;
  }

  /**
   * Opens the logs and forgets what lies past the point where the run goes on.
   *
   * @param from that point; empty where it begins anew
   * @param finished names of the stages before that point's
   */
  static RunLogs open(RunDirectory run, Optional<TrainingState> from, List<String> finished) {
    RunLogs logs =
        new RunLogs(run, MetricsLog.open(run.metrics()), EvaluationLog.open(run.evaluations()));
    if (from.isPresent()) {
      logs.metrics.keepThrough(finished, from.get().stage(), from.get().step());
      logs.evaluations.keepThrough(finished, from.get().stage(), from.get().step());
    } else {
      logs.metrics.clear();
      logs.evaluations.clear();
    }
    return logs;
  }

  /** Seconds since 1970. */
  static double now() {
    return System.currentTimeMillis() / 1e3;
  }

  void append(MetricsRow row) {
    metrics.append(row);
    events(row.stage()).append(row);
  }

  void append(Evaluation evaluation) {
    evaluations.append(evaluation);
    Map<String, Double> numbers = new LinkedHashMap<>();
    for (EvaluationResult result : evaluation.results()) {
      numbers.putAll(result.metrics());
    }
    events(evaluation.stage())
        .append(new MetricsRow(evaluation.stage(), evaluation.step(), evaluation.time(), numbers));
  }

  List<Evaluation> evaluations() {
    return evaluations.evaluations();
  }

  private TensorBoardWriter events(String stage) {
    return events.computeIfAbsent(
        stage,
        name -> {
          List<MetricsRow> before =
              metrics.rows().stream().filter(row -> row.stage().equals(name)).toList();
          return TensorBoardWriter.open(run.tensorboard(name), before);
        });
  }

  void sync() {
    metrics.sync();
    evaluations.sync();
  }

  @Override
  public void close() {
    metrics.close();
    evaluations.close();
    events.values().forEach(TensorBoardWriter::close);
  }
}
