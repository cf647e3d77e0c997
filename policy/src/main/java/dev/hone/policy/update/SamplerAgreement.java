package dev.hone.policy.update;

import dev.hone.policy.loss.LossMetrics;
import java.util.List;

/**
 * How far the sampler's numbers are from the trainer's: {@code sampling/sampling_logp_difference}
 * (TRL) against the distribution that was drawn from, {@code training/rollout_probs_diff} (verl)
 * against that before any filter, where equal arithmetic leaves exactly 0.
 */
final class SamplerAgreement {

  private SamplerAgreement() {}

  /**
   * Adds the metrics of a batch.
   *
   * @param trained {@code [sequence][completion]}: log-probabilities as the trainer computes them
   */
  static void measure(List<TrainingSequence> batch, double[][] trained, LossMetrics metrics) {
    for (int s = 0; s < batch.size(); s++) {
      TrainingSequence sequence = batch.get(s);
      for (int t = 0; t < sequence.completionTokens().length; t++) {
        if (!sequence.learns(t)) {
          continue;
        }
        if (sequence.samplingLogProbs() != null) {
          add(
              "sampling/sampling_logp_difference",
              Math.abs(trained[s][t] - sequence.samplingLogProbs()[t]),
              metrics);
        }
        if (sequence.logProbs() != null) {
          add(
              "training/rollout_probs_diff",
              Math.abs(Math.exp(trained[s][t]) - Math.exp(sequence.logProbs()[t])),
              metrics);
        }
      }
    }
  }

  private static void add(String name, double difference, LossMetrics metrics) {
    boolean verl = name.startsWith("training/");
    metrics.mean(name + (verl ? "_mean" : "/mean"), difference, 1);
    metrics.max(name + (verl ? "_max" : "/max"), difference);
  }
}
