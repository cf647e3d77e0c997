package dev.hone.pipeline.stage;

import dev.hone.rewards.CompositeJudgement;
import dev.hone.rewards.CompositeReward;
import dev.hone.rewards.RewardInput;
import dev.hone.rewards.RewardRegistry;
import dev.hone.rewards.RewardSpec;
import java.io.Serializable;
import java.util.List;

/**
 * Rollout to scored rollout: judges an answer with the experiment's rewards, be it a policy's or
 * one that a file holds. Travels to the workers as the rewards' descriptions, and builds them once
 * where it is used.
 */
public final class ScoringStage implements Serializable {

  private static final long serialVersionUID = 1;

  private final List<RewardSpec> specs;
  private transient volatile CompositeReward rewards;

  public ScoringStage(List<RewardSpec> specs) {
    this.specs = List.copyOf(specs);
  }

  public ScoredRollout apply(Rollout rollout) {
    CompositeJudgement judgement =
        judge(
            new RewardInput(
                rollout.prompt().text(),
                rollout.completion(),
                rollout.tokens().length,
                !rollout.finishReason().equals("length"),
                rollout.prompt().columns()));
    return new ScoredRollout(rollout, judgement.reward(), judgement.judgements());
  }

  /** Judges an answer, whoever gave it. */
  public CompositeJudgement judge(RewardInput answer) {
    return rewards().judge(answer);
  }

  private CompositeReward rewards() {
    CompositeReward built = rewards;
    if (built == null) {
      built = new CompositeReward(specs, RewardRegistry.standard());
      rewards = built;
    }
    return built;
  }
}
