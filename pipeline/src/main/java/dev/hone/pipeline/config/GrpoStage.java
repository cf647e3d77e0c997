package dev.hone.pipeline.config;

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
    @Setting(
            value = "grpo",
            oneOf = {
              "grpo",
              "dr_grpo",
              "rloo",
              "remax",
              "reinforce_plus_plus_baseline",
              "opo",
              "grpo_passk"
            },
            doc = "How an answer is compared with its group")
        String advantage,
    @Setting(
            value = "group",
            oneOf = {"group", "batch", "none"},
            doc = "advantage grpo: whose standard deviation divides")
        String scaleRewards,
    @Flat PolicyLossSection loss,
    @Setting(value = "1", min = 1, doc = "Passes over a step's answers") int numIterations,
    @Setting(value = "1", min = 1, doc = "Updates of one pass") int miniBatches,
    @Setting(value = "8192", min = 1, doc = "Tokens computed at a time; bounds memory, not results")
        int microBatchTokens,
    @Setting(doc = "DAPO: draw again where all answers of a group earn the same")
        DynamicSamplingSection dynamicSampling,
    @Setting(doc = "DAPO: a penalty that grows as an answer nears the limit")
        OverlongSection overlong,
    @Setting(value = "false", doc = "Learn nothing from answers cut off at the limit")
        boolean maskTruncatedCompletions,
    @Setting(min = 1, doc = "Replace the reference policy every so many steps; unset: never")
        OptionalInt refModelSyncSteps,
    @Setting(value = "0.0", min = 0, doc = "Weight of the routers' load-balancing loss")
        double routerAuxLossCoef,
    @Flat OptimizerSection optimizer,
    @Flat CheckpointSection checkpoints)
    implements Stage {}
