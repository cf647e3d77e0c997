package dev.hone.pipeline.train;

import dev.hone.pipeline.config.Experiment;
import dev.hone.pipeline.config.GrpoStage;
import dev.hone.pipeline.config.SamplingSection;
import dev.hone.pipeline.config.SuiteSection;
import dev.hone.pipeline.data.PromptDataset;
import dev.hone.pipeline.evaluation.Suite;
import dev.hone.pipeline.stage.AdvantageStage;
import dev.hone.pipeline.stage.RolloutSettings;
import dev.hone.pipeline.stage.ScoringStage;
import dev.hone.policy.advantage.AdvantageEstimator;
import dev.hone.rewards.CompositeReward;
import dev.hone.rewards.RewardRegistry;
import dev.hone.rewards.RewardSpec;
import java.util.List;
import java.util.Map;

/** What the experiment says, as the settings of the stages. */
final class StageSettings {

  /** Answers of a suite that are kept for people to read. */
  private static final int SHOWN = 12;

  private final Experiment experiment;
  private final List<RewardSpec> rewards;

  StageSettings(Experiment experiment) {
    this.experiment = experiment;
    this.rewards = experiment.rewards().stream().map(r -> r.spec()).toList();
  }

  /** Threads a rollout task may use where tasks of a step run side by side in one process. */
  int threadsOfTask(int threads) {
    int tasks =
        experiment.stages().stream()
            .mapToInt(stage -> stage instanceof GrpoStage grpo ? grpo.rolloutPartitions() : 1)
            .max()
            .orElse(1);
    return Math.max(1, threads / tasks);
  }

  GrpoStep.Settings grpo(GrpoStage stage) {
    boolean dynamic = stage.dynamicSampling().enabled();
    return new GrpoStep.Settings(
        stage.promptsPerStep(),
        rollouts(
            stage.sampling(),
            stage.numGenerations(),
            stage.maxRunningSequences(),
            stage.rolloutPartitions()),
        new ScoringStage(rewards, experiment.sandbox().settings()),
        new AdvantageStage(
            stage.advantage().settings(), rewards, dynamic ? stage.promptsPerStep() : 0),
        dynamic ? stage.dynamicSampling().maxRounds() : 0,
        stage.advantage().advantage() == AdvantageEstimator.REMAX,
        stage.maskTruncatedCompletions());
  }

  /** Sees that this machine can judge: better now than after the first rollouts. */
  void prepareRewards() {
    new ScoringStage(rewards, experiment.sandbox().settings()).prepare();
  }

  /** A suite; its answers are right or wrong by one reward of the experiment. */
  Suite suite(SuiteSection section, PromptDataset problems) {
    CompositeReward composite =
        new CompositeReward(rewards, RewardRegistry.standard(experiment.sandbox().settings()));
    Map<String, String> references = composite.referenceColumns();
    String reward = experiment.evaluation().reward().orElse(rewards.get(0).name());
    composite.requireColumns(problems.prompts().get(0).columns());
    return new Suite(
        section.name(),
        problems.prompts(),
        rollouts(
            section.sampling(),
            section.numGenerations(),
            section.maxRunningSequences(),
            section.rolloutPartitions()),
        section.k(),
        new ScoringStage(rewards, experiment.sandbox().settings()),
        reward,
        references.get(reward),
        SHOWN);
  }

  private RolloutSettings rollouts(
      SamplingSection sampling, int numGenerations, int maxRunningSequences, int partitions) {
    return new RolloutSettings(
        sampling.settings(), numGenerations, experiment.seed(), maxRunningSequences, partitions);
  }
}
