package dev.hone.pipeline.stage;

import dev.hone.policy.advantage.AdvantageBatch;
import dev.hone.policy.advantage.AdvantageSettings;
import dev.hone.policy.advantage.Advantages;
import dev.hone.policy.advantage.RewardBatch;
import dev.hone.rewards.Judgement;
import dev.hone.rewards.RewardSpec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Scored rollouts to experience: compares every answer of a batch with its own group. */
public final class AdvantageStage implements Serializable {

  private static final long serialVersionUID = 1;

  private final AdvantageSettings settings;
  private final List<RewardSpec> rewards;
  private final int informativeGroups;
  private final Map<Long, Double> greedyRewards;

  /**
   * @param rewards those that judged the answers, for their weights
   * @param informativeGroups keep only groups whose rewards differ, so many of them at most (DAPO's
   *     dynamic sampling); 0 keeps every group
   */
  public AdvantageStage(
      AdvantageSettings settings, List<RewardSpec> rewards, int informativeGroups) {
    this(settings, List.copyOf(rewards), informativeGroups, Map.of());
  }

  private AdvantageStage(
      AdvantageSettings settings,
      List<RewardSpec> rewards,
      int informativeGroups,
      Map<Long, Double> greedyRewards) {
    this.settings = settings;
    this.rewards = rewards;
    this.informativeGroups = informativeGroups;
    this.greedyRewards = greedyRewards;
  }

  /** The same, comparing with the rewards of the greedy answers, by prompt id (ReMax). */
  public AdvantageStage against(Map<Long, Double> greedyRewards) {
    return new AdvantageStage(settings, rewards, informativeGroups, Map.copyOf(greedyRewards));
  }

  /** The experience of a whole batch, whose rollouts are ordered by prompt and sample. */
  public List<Experience> apply(List<ScoredRollout> rollouts) {
    List<ScoredRollout> kept = kept(rollouts);
    AdvantageBatch batch = estimate(kept);
    List<Experience> experience = new ArrayList<>(kept.size());
    for (int i = 0; i < kept.size(); i++) {
      experience.add(new Experience(kept.get(i), batch.advantages()[i]));
    }
    return experience;
  }

  /** Reward metrics of a batch under TRL's names. */
  public Map<String, Double> metrics(List<ScoredRollout> rollouts) {
    return estimate(rollouts).metrics();
  }

  private List<ScoredRollout> kept(List<ScoredRollout> rollouts) {
    if (informativeGroups == 0) {
      return rollouts;
    }
    List<ScoredRollout> informative =
        groups(rollouts).stream()
            .filter(AdvantageStage::informative)
            .limit(informativeGroups)
            .flatMap(List::stream)
            .toList();
    // With no signal anywhere the step still takes place: its advantages are all zero.
    return informative.isEmpty() ? rollouts : informative;
  }

  private AdvantageBatch estimate(List<ScoredRollout> rollouts) {
    List<List<ScoredRollout>> groups = groups(rollouts);
    return Advantages.estimate(
        new RewardBatch(
            groups.stream().mapToInt(List::size).toArray(),
            rewards.stream().map(RewardSpec::name).toList(),
            rollouts.stream().map(this::scores).toArray(double[][]::new),
            rewards.stream().mapToDouble(RewardSpec::weight).toArray(),
            rollouts.stream().mapToInt(r -> r.rollout().tokens().length).toArray(),
            greedyRewards.isEmpty() ? null : greedy(groups),
            null),
        settings);
  }

  private double[] scores(ScoredRollout rollout) {
    return rewards.stream()
        .map(reward -> rollout.judgements().get(reward.name()))
        .mapToDouble(Judgement::score)
        .toArray();
  }

  private double[] greedy(List<List<ScoredRollout>> groups) {
    return groups.stream()
        .mapToDouble(group -> greedyRewards.get(group.get(0).rollout().prompt().id()))
        .toArray();
  }

  /** How many groups of a batch carry a signal: their answers did not all earn the same. */
  public static long countInformative(List<ScoredRollout> rollouts) {
    return groups(rollouts).stream().filter(AdvantageStage::informative).count();
  }

  private static boolean informative(List<ScoredRollout> group) {
    return group.stream()
            .mapToDouble(ScoredRollout::reward)
            .filter(reward -> !Double.isNaN(reward))
            .distinct()
            .count()
        > 1;
  }

  /** The rollouts of each prompt, prompts in order of first appearance. */
  public static List<List<ScoredRollout>> groups(List<ScoredRollout> rollouts) {
    return List.copyOf(
        rollouts.stream()
            .collect(
                Collectors.groupingBy(
                    r -> r.rollout().prompt().id(), LinkedHashMap::new, Collectors.toList()))
            .values());
  }
}
