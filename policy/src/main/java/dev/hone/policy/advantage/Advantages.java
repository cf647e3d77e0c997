package dev.hone.policy.advantage;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Advantage estimators over groups of answers to the same prompt. Each is written like its
 * equation; an answer whose reward is NaN (no function applies) takes no part and gets 0, as does
 * one that its group leaves undefined (a group of one).
 */
public final class Advantages {

  /** TRL's addition to a standard deviation. */
  private static final double STD_EPSILON = 1e-4;

  private final RewardBatch batch;
  private final AdvantageSettings settings;

  private Advantages(RewardBatch batch, AdvantageSettings settings) {
    this.batch = batch;
    this.settings = settings;
  }

  /** Advantages and reward metrics of a generation batch. */
  public static AdvantageBatch estimate(RewardBatch batch, AdvantageSettings settings) {
    return new Advantages(batch, settings).estimate();
  }

  private AdvantageBatch estimate() {
    double[] sums = batch.sums();
    double[] rewards = shaped(sums);
    double[] advantages =
        switch (settings.advantage()) {
          case GRPO -> grpo(rewards);
          case DR_GRPO -> centred(rewards);
          case RLOO -> rloo(rewards);
          case REMAX -> remax(rewards);
          case REINFORCE_PLUS_PLUS_BASELINE -> whitenedOverTokens(centred(rewards));
          case OPO -> opo(rewards);
          case GRPO_PASSK -> passAtK(rewards);
        };
    for (int i = 0; i < advantages.length; i++) {
      advantages[i] = Double.isFinite(advantages[i]) ? advantages[i] : 0;
    }
    return new AdvantageBatch(advantages, metrics(sums, rewards));
  }

  /** DeepSeekMath (Shao et al., 2024): {@code (R - mean_g) / (std_g + 1e-4)}. */
  private double[] grpo(double[] rewards) {
    if (settings.multiObjectiveAggregation() == MultiObjectiveAggregation.NORMALIZE_THEN_SUM) {
      return whitened(normalizedSums());
    }
    double[] advantages = centred(rewards);
    double batchStd = Moments.of(rewards).std();
    forEachGroup(
        (g, from, to) -> {
          double scale =
              switch (settings.scaleRewards()) {
                case GROUP -> Moments.of(rewards, from, to).std() + STD_EPSILON;
                case BATCH -> batchStd + STD_EPSILON;
                case NONE -> 1;
              };
          for (int i = from; i < to; i++) {
            advantages[i] /= scale;
          }
        });
    return advantages;
  }

  /** GDPO (2026): each function is normalised in the group before the weighted sum. */
  private double[] normalizedSums() {
    double[][] normalized = new double[batch.rewards().length][batch.names().size()];
    for (int f = 0; f < batch.names().size(); f++) {
      int function = f;
      double[] column = column(f);
      forEachGroup(
          (g, from, to) -> {
            Moments moments = Moments.of(column, from, to);
            for (int i = from; i < to; i++) {
              normalized[i][function] =
                  (column[i] - moments.mean()) / (moments.std() + STD_EPSILON);
            }
          });
    }
    double[] applicable = batch.sums();
    double[] sums = new double[normalized.length];
    for (int i = 0; i < sums.length; i++) {
      double sum = RewardBatch.weightedSum(normalized[i], batch.weights());
      // A function alone in its group normalises to NaN: it adds nothing, but the answer stays in.
      sums[i] = Double.isNaN(applicable[i]) ? Double.NaN : Double.isNaN(sum) ? 0 : sum;
    }
    return sums;
  }

  /** {@code R - mean_g}. */
  private double[] centred(double[] rewards) {
    double[] advantages = new double[rewards.length];
    forEachGroup(
        (g, from, to) -> {
          double mean = Moments.of(rewards, from, to).mean();
          for (int i = from; i < to; i++) {
            advantages[i] = rewards[i] - mean;
          }
        });
    return advantages;
  }

  /** Ahmadian et al., 2024: {@code R_i - mean of the others} = {@code (R - mean_g) G / (G - 1)}. */
  private double[] rloo(double[] rewards) {
    double[] advantages = new double[rewards.length];
    forEachGroup(
        (g, from, to) -> {
          Moments moments = Moments.of(rewards, from, to);
          double sum = moments.mean() * moments.count();
          for (int i = from; i < to; i++) {
            double advantage = rewards[i] - (sum - rewards[i]) / (moments.count() - 1);
            advantages[i] = Double.isFinite(advantage) ? advantage : Double.NaN;
          }
        });
    return settings.normalizeAdvantages() ? whitened(advantages) : advantages;
  }

  /** Li et al., 2023, "ReMax": {@code R - R(greedy answer)}. */
  private double[] remax(double[] rewards) {
    if (batch.greedyRewards() == null) {
      throw new IllegalArgumentException("remax needs the reward of each group's greedy answer");
    }
    double[] advantages = new double[rewards.length];
    forEachGroup(
        (g, from, to) -> {
          for (int i = from; i < to; i++) {
            advantages[i] = rewards[i] - batch.greedyRewards()[g];
          }
        });
    return advantages;
  }

  /** Hao et al., 2025, "OPO": {@code R - sum(len R) / sum(len)}. */
  private double[] opo(double[] rewards) {
    double[] advantages = new double[rewards.length];
    forEachGroup(
        (g, from, to) -> {
          double weighted = 0;
          double lengths = 0;
          for (int i = from; i < to; i++) {
            if (!Double.isNaN(rewards[i])) {
              weighted += batch.lengths()[i] * rewards[i];
              lengths += batch.lengths()[i];
            }
          }
          for (int i = from; i < to; i++) {
            advantages[i] = rewards[i] - weighted / lengths;
          }
        });
    return advantages;
  }

  /**
   * Pass@k training as verl does it: {@code (best - second best) / (std_g + 1e-6)} for the best.
   */
  private double[] passAtK(double[] rewards) {
    double[] advantages = new double[rewards.length];
    forEachGroup(
        (g, from, to) -> {
          int best = -1;
          double second = Double.NaN;
          for (int i = from; i < to; i++) {
            if (Double.isNaN(rewards[i])) {
              continue;
            }
            if (best < 0 || rewards[i] > rewards[best]) {
              second = best < 0 ? second : rewards[best];
              best = i;
            } else if (Double.isNaN(second) || rewards[i] > second) {
              second = rewards[i];
            }
          }
          if (best >= 0) {
            advantages[best] =
                (rewards[best] - second) / (Moments.of(rewards, from, to).std() + 1e-6);
          }
        });
    return advantages;
  }

  /** TRL's whitening over the batch's answers. */
  private static double[] whitened(double[] values) {
    Moments moments = Moments.of(values);
    return Arrays.stream(values)
        .map(value -> (value - moments.mean()) / (moments.std() + STD_EPSILON))
        .toArray();
  }

  /** verl's whitening over the batch's tokens, all of an answer's being equal. */
  private double[] whitenedOverTokens(double[] values) {
    double count = 0;
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      if (!Double.isNaN(values[i])) {
        count += batch.lengths()[i];
        sum += batch.lengths()[i] * values[i];
      }
    }
    double mean = sum / count;
    double squares = 0;
    for (int i = 0; i < values.length; i++) {
      if (!Double.isNaN(values[i])) {
        squares += batch.lengths()[i] * (values[i] - mean) * (values[i] - mean);
      }
    }
    double scale = Math.sqrt(squares / (count - 1) + 1e-8);
    return Arrays.stream(values).map(value -> (value - mean) / scale).toArray();
  }

  /** The reward that is compared: RLOO clips it and takes the divergence off. */
  private double[] shaped(double[] sums) {
    double[] rewards = sums.clone();
    if (settings.advantage() != AdvantageEstimator.RLOO) {
      return rewards;
    }
    if (settings.klInRewardCoef() != 0 && batch.divergences() == null) {
      throw new IllegalArgumentException(
          "kl_in_reward_coef needs the reference's log-probabilities");
    }
    double low = settings.rewardClipMin();
    double high = settings.rewardClipMax();
    for (int i = 0; i < rewards.length; i++) {
      rewards[i] = Math.max(low, Math.min(high, rewards[i]));
      if (settings.klInRewardCoef() != 0) {
        rewards[i] -= settings.klInRewardCoef() * batch.divergences()[i];
      }
    }
    return rewards;
  }

  private Map<String, Double> metrics(double[] sums, double[] rewards) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    for (int f = 0; f < batch.names().size(); f++) {
      Moments moments = Moments.of(column(f));
      metrics.put("rewards/" + batch.names().get(f) + "/mean", moments.mean());
      metrics.put("rewards/" + batch.names().get(f) + "/std", moments.std());
    }
    Moments moments = Moments.of(sums);
    metrics.put("reward", moments.mean());
    metrics.put("reward_std", moments.std());
    metrics.put("frac_reward_zero_std", degenerateShare(rewards));
    return metrics;
  }

  /** Share of answers whose rewards, over what they are scaled by, are all equal. */
  private double degenerateShare(double[] rewards) {
    boolean grpo = settings.advantage() == AdvantageEstimator.GRPO;
    if (grpo
        && settings.multiObjectiveAggregation() == MultiObjectiveAggregation.NORMALIZE_THEN_SUM) {
      return Moments.of(normalizedSums()).degenerate() ? 1 : 0;
    }
    if (grpo && settings.scaleRewards() == ScaleRewards.BATCH) {
      return Moments.of(rewards).degenerate() ? 1 : 0;
    }
    int[] degenerate = {0};
    forEachGroup(
        (g, from, to) -> {
          if (Moments.of(rewards, from, to).degenerate()) {
            degenerate[0] += to - from;
          }
        });
    return degenerate[0] / (double) rewards.length;
  }

  private double[] column(int function) {
    return Arrays.stream(batch.rewards()).mapToDouble(row -> row[function]).toArray();
  }

  private interface GroupAction {
    void on(int group, int from, int to);
  }

  private void forEachGroup(GroupAction action) {
    int from = 0;
    for (int g = 0; g < batch.groupSizes().length; g++) {
      action.on(g, from, from + batch.groupSizes()[g]);
      from += batch.groupSizes()[g];
    }
  }
}
