package dev.hone.tests;

import dev.hone.pipeline.data.Prompt;
import dev.hone.pipeline.stage.AdvantageStage;
import dev.hone.pipeline.stage.Batch;
import dev.hone.pipeline.stage.Experience;
import dev.hone.pipeline.stage.PolicyReference;
import dev.hone.pipeline.stage.Rollout;
import dev.hone.pipeline.stage.RolloutSettings;
import dev.hone.pipeline.stage.RolloutStage;
import dev.hone.pipeline.stage.SampledBatch;
import dev.hone.pipeline.stage.ScoredRollout;
import dev.hone.pipeline.stage.ScoringStage;
import dev.hone.pipeline.stage.Stages;
import dev.hone.policy.generation.GenerationListener;
import dev.hone.policy.generation.GenerationStatistics;
import dev.hone.rewards.CompositeJudgement;
import dev.hone.rewards.RewardInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The stages in this process, without Spark: the same functions over the same partitions, one after
 * another, the rows in memory.
 */
public final class InProcessStages implements Stages {

  private static final Comparator<Rollout> ORDER =
      Comparator.<Rollout>comparingLong(r -> r.prompt().id()).thenComparingInt(Rollout::sample);

  @Override
  public SampledBatch rollout(
      List<Prompt> prompts, PolicyReference policy, RolloutSettings settings, Path folder) {
    int partitions = Math.max(1, Math.min(settings.partitions(), prompts.size()));
    List<Rollout> rollouts = new ArrayList<>();
    List<GenerationStatistics> statistics = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      // The slices that Spark's parallelize cuts.
      int from = (int) ((long) p * prompts.size() / partitions);
      int to = (int) ((p + 1L) * prompts.size() / partitions);
      RolloutStage.Result result =
          new RolloutStage(policy, settings)
              .apply(prompts.subList(from, to), GenerationListener.NONE);
      rollouts.addAll(result.rollouts());
      statistics.add(result.statistics());
    }
    rollouts.sort(ORDER);
    return new SampledBatch(() -> rollouts, statistics);
  }

  @Override
  public Batch<ScoredRollout> score(Batch<Rollout> rollouts, ScoringStage scoring, Path folder) {
    List<ScoredRollout> scored = rollouts.collect().stream().map(scoring::apply).toList();
    return () -> scored;
  }

  @Override
  public List<CompositeJudgement> judge(List<RewardInput> answers, ScoringStage scoring) {
    return answers.stream().map(scoring::judge).toList();
  }

  @Override
  public Batch<Experience> compare(
      List<Batch<ScoredRollout>> rounds, AdvantageStage advantages, Path folder) {
    List<ScoredRollout> scored =
        rounds.stream()
            .flatMap(round -> round.collect().stream())
            .sorted(Comparator.comparing(ScoredRollout::rollout, ORDER))
            .toList();
    List<Experience> experience = advantages.apply(scored);
    return () -> experience;
  }
}
