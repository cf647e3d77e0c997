package dev.hone.pipeline.spark;

import dev.hone.pipeline.data.Prompt;
import dev.hone.pipeline.stage.AdvantageStage;
import dev.hone.pipeline.stage.Batch;
import dev.hone.pipeline.stage.Experience;
import dev.hone.pipeline.stage.PolicyReference;
import dev.hone.pipeline.stage.Rollout;
import dev.hone.pipeline.stage.RolloutSettings;
import dev.hone.pipeline.stage.SampledBatch;
import dev.hone.pipeline.stage.ScoredRollout;
import dev.hone.pipeline.stage.ScoringStage;
import dev.hone.pipeline.stage.Stages;
import dev.hone.rewards.CompositeJudgement;
import dev.hone.rewards.RewardInput;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** The stages of a training step as Spark jobs, one class each. */
public final class SparkStages implements Stages {

  private final SparkSession spark;

  public SparkStages(SparkSession spark) {
    this.spark = spark;
  }

  @Override
  public SampledBatch rollout(
      List<Prompt> prompts, PolicyReference policy, RolloutSettings settings, Path folder) {
    return new RolloutJob(spark, policy, settings).run(prompts, folder);
  }

  @Override
  public Batch<ScoredRollout> score(Batch<Rollout> rollouts, ScoringStage scoring, Path folder) {
    return new ScoringJob(spark, scoring).run(rollouts, folder);
  }

  @Override
  public List<CompositeJudgement> judge(List<RewardInput> answers, ScoringStage scoring) {
    return new ScoringJob(spark, scoring).run(answers);
  }

  @Override
  public Batch<Experience> compare(
      List<Batch<ScoredRollout>> rounds, AdvantageStage advantages, Path folder) {
    return new AdvantageJob(spark, advantages).run(rounds, folder);
  }
}
