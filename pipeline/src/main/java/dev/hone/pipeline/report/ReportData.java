package dev.hone.pipeline.report;

import dev.hone.pipeline.evaluation.Evaluation;
import dev.hone.pipeline.evaluation.EvaluationLog;
import dev.hone.pipeline.run.MetricsLog;
import dev.hone.pipeline.run.MetricsRow;
import dev.hone.pipeline.run.RunDirectory;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a report shows. Any of it may be missing: a report of an interrupted run, or of one that has
 * not done a step, is still a report.
 *
 * @param name of the run
 * @param state how it stands
 * @param stages the experiment's stages in order
 * @param rows of {@code metrics.jsonl}
 * @param evaluations of {@code evaluations.jsonl}
 * @param bestMetric the metric that chooses the best checkpoint, {@code eval/test/pass@1}; the
 *     headline shows its measure; empty where none is chosen
 * @param config the resolved experiment as YAML
 * @param machine processor, cores, memory, versions, backend: what a reader needs to judge the
 *     times, by label
 * @param badRows rows of the datasets that were put aside
 * @param files where things lie, by label; paths are shown as they are
 */
public record ReportData(
    String name,
    RunState state,
    List<ReportStage> stages,
    List<MetricsRow> rows,
    List<Evaluation> evaluations,
    String bestMetric,
    String config,
    Map<String, String> machine,
    List<BadRow> badRows,
    Map<String, String> files) {

  public ReportData {
    stages = List.copyOf(stages);
    rows = List.copyOf(rows);
    evaluations = List.copyOf(evaluations);
    machine = Collections.unmodifiableMap(new LinkedHashMap<>(machine));
    badRows = List.copyOf(badRows);
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
  }

  /** How a run stands. */
  public enum RunState {
    RUNNING,
    FINISHED,
    /** Stopped by a signal; the same command goes on. */
    INTERRUPTED,
    FAILED
  }

  /**
   * A stage.
   *
   * @param name its name in checkpoints and metrics
   * @param type {@code sft} or {@code grpo}
   * @param steps how many it has in all; 0 where that is not known yet
   */
  public record ReportStage(String name, String type, long steps) {}

  /**
   * A row that could not be used.
   *
   * @param dataset what it was for
   * @param row where it stands
   * @param reason why
   */
  public record BadRow(String dataset, String row, String reason) {}

  /**
   * Reads what a run directory holds and says where things lie in it.
   *
   * @param config the resolved experiment as YAML
   * @param machine as in the record
   */
  public static ReportData of(
      RunDirectory run,
      RunState state,
      List<ReportStage> stages,
      String bestMetric,
      String config,
      Map<String, String> machine,
      List<BadRow> badRows) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("run", run.root().toString());
    files.put("best checkpoint", run.checkpoints().resolve("best").toString());
    files.put("last checkpoint", run.checkpoints().resolve("last").toString());
    files.put("metrics", run.metrics().toString());
    files.put("evaluations", run.evaluations().toString());
    files.put("rollouts (Parquet)", run.rollouts().toString());
    files.put("TensorBoard", run.tensorboard().toString());
    files.put("configuration", run.config().toString());
    return new ReportData(
        String.valueOf(run.root().toAbsolutePath().normalize().getFileName()),
        state,
        stages,
        MetricsLog.read(run.metrics()),
        EvaluationLog.read(run.evaluations()),
        bestMetric,
        config,
        machine,
        badRows,
        files);
  }
}
