package dev.hone.pipeline.report;

import dev.hone.pipeline.evaluation.Estimate;
import dev.hone.pipeline.evaluation.Evaluation;
import dev.hone.pipeline.evaluation.EvaluationResult;
import dev.hone.pipeline.report.ReportData.ReportStage;
import dev.hone.pipeline.report.ReportData.RunState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A policy worth naming: the one before training, and the one at the end of each stage.
 *
 * @param label {@code before training}, {@code after sft}, {@code grpo, step 40}
 * @param evaluation what it did
 */
record Milestone(String label, Evaluation evaluation) {

  /** The milestones of a run in order; none where nothing was evaluated. */
  static List<Milestone> of(ReportData data) {
    List<Milestone> milestones = new ArrayList<>();
    List<Evaluation> evaluations = data.evaluations();
    if (evaluations.isEmpty()) {
      return milestones;
    }
    Evaluation first = evaluations.get(0);
    if (first.step() == 0) {
      milestones.add(new Milestone("before training", first));
    }
    for (ReportStage stage : data.stages()) {
      Evaluation last = null;
      for (Evaluation evaluation : evaluations) {
        if (evaluation.stage().equals(stage.name()) && evaluation.step() > 0) {
          last = evaluation;
        }
      }
      if (last != null) {
        String label =
            isEnd(last, stage, data)
                ? "after " + stage.name()
                : stage.name() + ", step " + last.step();
        milestones.add(new Milestone(label, last));
      }
    }
    return milestones;
  }

  /** Whether a stage is over and this is the policy it ended with. */
  private static boolean isEnd(Evaluation last, ReportStage stage, ReportData data) {
    List<String> later =
        data.stages().subList(data.stages().indexOf(stage) + 1, data.stages().size()).stream()
            .map(ReportStage::name)
            .toList();
    boolean over =
        data.state() == RunState.FINISHED
            || stage.steps() > 0 && last.step() >= stage.steps()
            || data.rows().stream().anyMatch(row -> later.contains(row.stage()));
    return over && last.step() >= StageColumns.of(stage.name(), data.rows()).steps();
  }

  /** What it did on a suite. */
  Optional<EvaluationResult> on(String suite) {
    return evaluation.results().stream().filter(r -> r.suite().equals(suite)).findFirst();
  }

  /**
   * The measure a suite is judged by: that of {@code bestMetric} where the suite has it, else its
   * first.
   */
  static String measure(String bestMetric, EvaluationResult result) {
    String name = bestMetric.substring(bestMetric.lastIndexOf('/') + 1);
    return result.accuracy().containsKey(name)
        ? name
        : result.accuracy().keySet().stream().findFirst().orElse(name);
  }

  /** What a result has for a measure; NaN where it has none. */
  static Estimate estimate(EvaluationResult result, String measure) {
    return result
        .accuracy()
        .getOrDefault(measure, new Estimate(Double.NaN, Double.NaN, Double.NaN));
  }
}
