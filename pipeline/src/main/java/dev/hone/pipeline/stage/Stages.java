package dev.hone.pipeline.stage;

import dev.hone.pipeline.data.Prompt;
import dev.hone.rewards.CompositeJudgement;
import dev.hone.rewards.RewardInput;
import java.nio.file.Path;
import java.util.List;

/**
 * The distributed part of a training step, one method a stage. Spark maps the plain functions
 * {@link RolloutStage}, {@link ScoringStage} and {@link AdvantageStage} over partitions; a machine
 * without Spark calls them directly. Either way the same rows come out.
 *
 * <p>Every method writes its rows to a folder, replacing what is there: a stage that is run again
 * gives the same rows.
 */
public interface Stages {

  /** Samples a group of answers to each prompt; no two prompts with the same id. */
  SampledBatch rollout(
      List<Prompt> prompts, PolicyReference policy, RolloutSettings settings, Path folder);

  /** Judges every rollout. */
  Batch<ScoredRollout> score(Batch<Rollout> rollouts, ScoringStage scoring, Path folder);

  /** Judges answers that no rollout has written; a judgement each, in their order. */
  List<CompositeJudgement> judge(List<RewardInput> answers, ScoringStage scoring);

  /** Compares each rollout with its group; the rounds together are one batch. */
  Batch<Experience> compare(
      List<Batch<ScoredRollout>> rounds, AdvantageStage advantages, Path folder);
}
