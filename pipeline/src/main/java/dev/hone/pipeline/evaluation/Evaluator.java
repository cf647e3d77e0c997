package dev.hone.pipeline.evaluation;

import dev.hone.pipeline.stage.AdvantageStage;
import dev.hone.pipeline.stage.Batch;
import dev.hone.pipeline.stage.PolicyReference;
import dev.hone.pipeline.stage.SampledBatch;
import dev.hone.pipeline.stage.ScoredRollout;
import dev.hone.pipeline.stage.Stages;
import dev.hone.rewards.Judgement;
import dev.hone.rewards.Verdict;
import java.nio.file.Path;
import java.util.List;

/**
 * Answers suites with a policy and counts what is right. The answers come from the same stages that
 * train, so the numbers mean the same.
 */
public final class Evaluator {

  /** How a policy did on a suite, and a few of its answers. */
  public record Outcome(EvaluationResult result, List<SampleAnswer> answers) {}

  private final Stages stages;

  public Evaluator(Stages stages) {
    this.stages = stages;
  }

  /**
   * Runs one suite.
   *
   * @param folder where the answers and their judgements are kept, as Parquet
   */
  public Outcome run(Suite suite, PolicyReference policy, Path folder) {
    long started = System.nanoTime();
    SampledBatch sampled =
        stages.rollout(suite.prompts(), policy, suite.settings(), folder.resolve("rollouts"));
    Batch<ScoredRollout> scored =
        stages.score(sampled.rollouts(), suite.scoring(), folder.resolve("scored"));
    List<List<ScoredRollout>> problems = AdvantageStage.groups(scored.collect());
    double seconds = (System.nanoTime() - started) / 1e9;
    EvaluationResult result =
        EvaluationResult.of(
            suite.name(),
            suite.settings().sampling().temperature(),
            suite.ks(),
            problems.stream().map(problem -> outcome(suite, problem)).toList(),
            seconds,
            suite.settings().seed());
    List<SampleAnswer> answers =
        problems.stream()
            .limit(suite.shown())
            .map(problem -> sampleAnswer(suite, problem.get(0)))
            .toList();
    return new Outcome(result, answers);
  }

  private static ProblemOutcome outcome(Suite suite, List<ScoredRollout> problem) {
    return new ProblemOutcome(
        problem.get(0).rollout().prompt().id(),
        problem.stream()
            .map(
                answer ->
                    new SampleOutcome(
                        correct(suite, answer),
                        extracted(suite, answer),
                        answer.rollout().tokens().length,
                        clipped(answer)))
            .toList());
  }

  private static SampleAnswer sampleAnswer(Suite suite, ScoredRollout answer) {
    Object reference =
        suite.referenceColumn() == null
            ? null
            : answer.rollout().prompt().columns().get(suite.referenceColumn());
    return new SampleAnswer(
        suite.name(),
        answer.rollout().prompt().id(),
        answer.rollout().prompt().text(),
        reference == null ? "" : reference.toString(),
        answer.rollout().completion(),
        extracted(suite, answer),
        correct(suite, answer),
        answer.rollout().tokens().length,
        clipped(answer));
  }

  private static Judgement judgement(Suite suite, ScoredRollout answer) {
    return answer.judgements().get(suite.reward());
  }

  private static boolean correct(Suite suite, ScoredRollout answer) {
    return judgement(suite, answer).verdict() == Verdict.CORRECT;
  }

  private static String extracted(Suite suite, ScoredRollout answer) {
    String extracted = judgement(suite, answer).extracted();
    return extracted.isEmpty() ? null : extracted;
  }

  private static boolean clipped(ScoredRollout answer) {
    return answer.rollout().finishReason().equals("length");
  }
}
