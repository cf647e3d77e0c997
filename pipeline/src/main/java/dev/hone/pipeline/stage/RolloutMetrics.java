package dev.hone.pipeline.stage;

import dev.hone.policy.generation.GenerationStatistics;
import dev.hone.rewards.Judgement;
import dev.hone.rewards.Verdict;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the answers of a batch look like and what writing them took, under TRL's metric names. */
public final class RolloutMetrics {

  private RolloutMetrics() {}

  /** Lengths, the share cut off at the limit, and how often a reward failed, where one did. */
  public static Map<String, Double> completions(List<ScoredRollout> rollouts) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    DoubleSummaryStatistics lengths =
        rollouts.stream().mapToDouble(r -> r.rollout().tokens().length).summaryStatistics();
    metrics.put("completions/mean_length", lengths.getAverage());
    metrics.put("completions/min_length", lengths.getMin());
    metrics.put("completions/max_length", lengths.getMax());
    metrics.put(
        "completions/clipped_ratio",
        rollouts.stream()
            .mapToDouble(r -> r.rollout().finishReason().equals("length") ? 1 : 0)
            .average()
            .orElse(Double.NaN));
    for (ScoredRollout rollout : rollouts) {
      for (Map.Entry<String, Judgement> named : rollout.judgements().entrySet()) {
        if (named.getValue().verdict() == Verdict.ERROR) {
          metrics.merge("rewards/" + named.getKey() + "/errors", 1.0, Double::sum);
        }
      }
    }
    measures(rollouts, metrics);
    return metrics;
  }

  /**
   * The mean of every number that a reward gives beside its score, over the answers that have it.
   */
  private static void measures(List<ScoredRollout> rollouts, Map<String, Double> metrics) {
    Map<String, DoubleSummaryStatistics> measures = new LinkedHashMap<>();
    for (ScoredRollout rollout : rollouts) {
      rollout
          .judgements()
          .forEach(
              (reward, judgement) ->
                  judgement
                      .measures()
                      .forEach(
                          (name, value) ->
                              measures
                                  .computeIfAbsent(
                                      "rewards/" + reward + "/" + name,
                                      any -> new DoubleSummaryStatistics())
                                  .accept(value)));
    }
    measures.forEach((name, values) -> metrics.put(name, values.getAverage()));
  }

  /**
   * What generation took. Partitions run side by side or in turn, so their times do not add up: the
   * rate is over the wall clock of the stage.
   */
  public static Map<String, Double> generation(
      List<GenerationStatistics> partitions, double seconds) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    long generated = 0;
    for (GenerationStatistics partition : partitions) {
      generated += partition.generatedTokens();
      metrics.merge(
          "generation/prompt_tokens", (double) partition.promptTokensPrefilled(), Double::sum);
      metrics.merge("generation/decode_steps", (double) partition.decodeSteps(), Double::sum);
      metrics.merge(
          "generation/ideal_decode_steps", (double) partition.idealDecodeSteps(), Double::sum);
    }
    metrics.put("generation/tokens", (double) generated);
    metrics.put("generation/tokens_per_second", generated / seconds);
    return metrics;
  }
}
