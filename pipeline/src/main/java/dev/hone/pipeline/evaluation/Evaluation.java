package dev.hone.pipeline.evaluation;

import java.util.List;

/**
 * The suites of an experiment, run on one policy.
 *
 * @param stage the stage the policy was in; an evaluation before any training is of the first stage
 * @param step optimizer steps done in that stage
 * @param time seconds since 1970
 * @param results one a suite
 * @param answers a few answers, always to the same prompts
 */
public record Evaluation(
    String stage,
    long step,
    double time,
    List<EvaluationResult> results,
    List<SampleAnswer> answers) {

  public Evaluation {
    results = List.copyOf(results);
    answers = List.copyOf(answers);
  }
}
