package dev.hone.pipeline.stage;

import com.google.common.collect.Iterators;
import dev.hone.rewards.CompositeJudgement;
import dev.hone.rewards.CompositeReward;
import dev.hone.rewards.RewardInput;
import dev.hone.rewards.RewardRegistry;
import dev.hone.rewards.RewardSpec;
import dev.hone.sandbox.SandboxSettings;
import java.io.Serializable;
import java.util.Iterator;
import java.util.List;

/**
 * Rollout to scored rollout: judges an answer with the experiment's rewards, be it a policy's or
 * one that a file holds. Travels to the workers as the rewards' descriptions, and builds them once
 * where it is used.
 */
public final class ScoringStage implements Serializable {

  private static final long serialVersionUID = 1;

  private final List<RewardSpec> specs;
  private final SandboxSettings sandbox;
  private transient volatile CompositeReward rewards;

  /**
   * @param specs what to judge with
   * @param sandbox how the rewards that run programs run them
   */
  public ScoringStage(List<RewardSpec> specs, SandboxSettings sandbox) {
    this.specs = List.copyOf(specs);
    this.sandbox = sandbox;
  }

  /**
   * Sees that the rewards can do their work on this machine.
   *
   * @throws dev.hone.rewards.InvalidReward in one line, where one cannot
   */
  public void prepare() {
    rewards().prepare();
  }

  /** Judges many, in order, several at once where the rewards gain by it. */
  public Iterator<ScoredRollout> apply(Iterator<Rollout> rollouts) {
    int concurrency = rewards().concurrency();
    return concurrency == 1
        ? Iterators.transform(rollouts, this::apply)
        : new AheadIterator<>(rollouts, this::apply, concurrency);
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
      built = new CompositeReward(specs, RewardRegistry.standard(sandbox));
      rewards = built;
    }
    return built;
  }
}
