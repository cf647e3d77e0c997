package dev.hone.pipeline.config;

import dev.hone.policy.advantage.AdvantageEstimator;
import dev.hone.policy.advantage.AdvantageSettings;
import dev.hone.policy.advantage.MultiObjectiveAggregation;
import dev.hone.policy.advantage.ScaleRewards;
import java.util.List;

/** How an answer is compared with its group. */
public record AdvantageSection(
    @Setting(value = "grpo", doc = "How an answer is compared with its group")
        AdvantageEstimator advantage,
    @Setting(value = "group", doc = "advantage grpo: whose standard deviation divides")
        ScaleRewards scaleRewards,
    @Setting(
            value = "sum_then_normalize",
            doc = "advantage grpo: whether rewards are summed before or after they are normalised")
        MultiObjectiveAggregation multiObjectiveAggregation,
    @Setting(value = "false", doc = "advantage rloo: divide by the batch's deviation as well")
        boolean normalizeAdvantages,
    @Setting(doc = "advantage rloo: bounds of the reward, as [lowest, highest]")
        List<Double> rewardClipRange) {

  /** The same for the advantage stage. */
  public AdvantageSettings settings() {
    AdvantageSettings.Builder settings =
        AdvantageSettings.builder()
            .advantage(advantage)
            .scaleRewards(scaleRewards)
            .multiObjectiveAggregation(multiObjectiveAggregation)
            .normalizeAdvantages(normalizeAdvantages);
    return rewardClipRange.isEmpty()
        ? settings.build()
        : settings
            .rewardClipMin(rewardClipRange.get(0))
            .rewardClipMax(rewardClipRange.get(1))
            .build();
  }
}
