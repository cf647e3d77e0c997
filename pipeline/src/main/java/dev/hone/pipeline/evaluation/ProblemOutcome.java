package dev.hone.pipeline.evaluation;

import java.util.List;

/**
 * Every answer to one problem.
 *
 * @param promptId the problem's id in its dataset
 * @param samples its answers, all from the same policy and settings
 */
public record ProblemOutcome(long promptId, List<SampleOutcome> samples) {

  public ProblemOutcome {
    samples = List.copyOf(samples);
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("problem " + promptId + " has no answers");
    }
  }

  /** How many answers are correct. */
  int correct() {
    return (int) samples.stream().filter(SampleOutcome::correct).count();
  }
}
