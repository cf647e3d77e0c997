package dev.hone.pipeline.train;

import dev.hone.pipeline.evaluation.Evaluation;
import dev.hone.pipeline.evaluation.EvaluationResult;
import dev.hone.pipeline.evaluation.Evaluator;
import dev.hone.pipeline.evaluation.SampleAnswer;
import dev.hone.pipeline.evaluation.Suite;
import dev.hone.pipeline.run.Progress;
import dev.hone.pipeline.run.RunDirectory;
import dev.hone.pipeline.stage.PolicyReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures the policy of a run on the experiment's suites. */
final class RunEvaluations {

  private final Evaluator evaluator;
  private final List<Suite> suites;
  private final String bestMetric;
  private final RunDirectory run;
  private final Progress progress;

  /**
   * @param bestMetric name of the metric that chooses the best checkpoint
   * @param run where answers and judgements are kept
   */
  RunEvaluations(
      Evaluator evaluator,
      List<Suite> suites,
      String bestMetric,
      RunDirectory run,
      Progress progress) {
    this.evaluator = evaluator;
    this.suites = List.copyOf(suites);
    this.bestMetric = bestMetric;
    this.run = run;
    this.progress = progress;
  }

  Evaluation run(String stage, long step, PolicyReference policy) {
    List<EvaluationResult> results = new ArrayList<>();
    List<SampleAnswer> answers = new ArrayList<>();
    for (Suite suite : suites) {
      Evaluator.Outcome outcome =
          evaluator.run(suite, policy, run.evaluationRows(suite.name(), stage, step));
      results.add(outcome.result());
      answers.addAll(outcome.answers());
      progress.info(
          String.format(
              Locale.ROOT,
              "%s after %s step %d: %s (%d problems, mean length %.1f)",
              suite.name(),
              stage,
              step,
              accuracy(outcome.result()),
              outcome.result().problems(),
              outcome.result().meanLength()));
    }
    return new Evaluation(stage, step, RunLogs.now(), results, answers);
  }

  private static String accuracy(EvaluationResult result) {
    List<String> words = new ArrayList<>();
    result.accuracy().forEach((name, estimate) -> words.add(name + " " + estimate));
    return String.join(", ", words);
  }

  /** The metric that chooses the best checkpoint; NaN where there is none. */
  double bestMetric(Evaluation evaluation) {
    for (EvaluationResult result : evaluation.results()) {
      Double value = result.metrics().get(bestMetric);
      if (value != null) {
        return value;
      }
    }
    return Double.NaN;
  }
}
