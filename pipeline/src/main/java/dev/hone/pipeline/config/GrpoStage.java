package dev.hone.pipeline.config;

import dev.hone.policy.update.UpdateSettings;
import java.util.Optional;
import java.util.OptionalInt;

/** Reinforcement learning from groups of answers: GRPO and its kin. */
@Kind(value = "grpo", doc = "Reinforcement learning from groups of answers (GRPO and its kin)")
public record GrpoStage(
    @Setting(doc = "Name in checkpoints and metrics; the type unless given") Optional<String> name,
    @Setting(doc = "The prompts to answer") DatasetSection dataset,
    @Setting(value = "100", min = 1, doc = "Steps: rounds of answering, judging and updating")
        int maxSteps,
    @Setting(value = "32", min = 1, doc = "Prompts of a step") int promptsPerStep,
    @Setting(value = "8", min = 1, doc = "Answers to each prompt: the group") int numGenerations,
    @Flat SamplingSection sampling,
    @Setting(value = "256", min = 1, doc = "Most answers written at the same time by one task")
        int maxRunningSequences,
    @Setting(value = "1", min = 1, doc = "Spark tasks that share a step's prompts")
        int rolloutPartitions,
    @Flat AdvantageSection advantage,
    @Flat PolicyLossSection loss,
    @Setting(value = "1", min = 1, doc = "Passes over a step's answers") int numIterations,
    @Setting(value = "1", min = 1, doc = "Updates of one pass") int miniBatches,
    @Setting(value = "8192", min = 1, doc = "Tokens computed at a time; bounds memory, not results")
        int microBatchTokens,
    @Setting(
            value = "false",
            doc = "Keep only each layer's input for gradients: less memory, a third more work")
        boolean gradientCheckpointing,
    @Setting(doc = "DAPO: draw again where all answers of a group earn the same")
        DynamicSamplingSection dynamicSampling,
    @Setting(value = "false", doc = "Learn nothing from answers cut off at the limit")
        boolean maskTruncatedCompletions,
    @Setting(min = 1, doc = "Updates after which the policy becomes the reference; unset: never")
        OptionalInt refModelSyncSteps,
    @Flat RouterSection router,
    @Flat OptimizerSection optimizer,
    @Flat CheckpointSection checkpoints)
    implements Stage {

  /** Updates of the whole stage, over which the learning rate runs its course. */
  public int updates() {
    return Math.toIntExact((long) maxSteps * numIterations * miniBatches);
  }

  /** The same for the updater. */
  public UpdateSettings updateSettings() {
    return UpdateSettings.builder()
        .loss(loss.settings(sampling.maxCompletionLength()))
        .optimizer(optimizer.settings())
        .totalSteps(updates())
        .temperature(sampling.temperature())
        .numIterations(numIterations)
        .miniBatches(miniBatches)
        .microBatchTokens(microBatchTokens)
        .gradientCheckpointing(gradientCheckpointing)
        .refModelSyncSteps(refModelSyncSteps.orElse(0))
        .routerAuxLossCoef(router.routerAuxLossCoef())
        .routerBalance(router.routerBalance())
        .expertBiasUpdateSpeed(router.expertBiasUpdateSpeed())
        .build();
  }
}
