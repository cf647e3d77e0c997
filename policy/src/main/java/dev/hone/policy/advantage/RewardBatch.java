package dev.hone.policy.advantage;

import java.util.Arrays;
import java.util.List;

/**
 * The rewards of a generation batch: answers in rows, those of a group (one prompt) one after
 * another.
 *
 * @param groupSizes answers of each group, in order
 * @param names of the reward functions
 * @param rewards {@code [answer][function]}; NaN where a function does not apply
 * @param weights {@code [function]}
 * @param lengths {@code [answer]}: learned tokens, for the estimators that weight by them
 * @param greedyRewards {@code [group]}: reward of the greedy answer, for ReMax; else null
 * @param divergences {@code [answer]}: sum over tokens of log policy - log reference, for a
 *     divergence inside the reward; else null
 */
public record RewardBatch(
    int[] groupSizes,
    List<String> names,
    double[][] rewards,
    double[] weights,
    int[] lengths,
    double[] greedyRewards,
    double[] divergences) {

  public RewardBatch {
    int answers = Arrays.stream(groupSizes).sum();
    if (rewards.length != answers || lengths.length != answers) {
      throw new IllegalArgumentException(
          "Groups hold "
              + answers
              + " answers, but there are rewards of "
              + rewards.length
              + " and lengths of "
              + lengths.length);
    }
    if (names.size() != weights.length) {
      throw new IllegalArgumentException(
          names.size() + " reward functions have " + weights.length + " weights");
    }
    if (greedyRewards != null && greedyRewards.length != groupSizes.length) {
      throw new IllegalArgumentException(
          groupSizes.length + " groups have " + greedyRewards.length + " greedy rewards");
    }
    names = List.copyOf(names);
  }

  /** Answers of one summed reward each, NaN where none applies, in groups of these sizes. */
  public static RewardBatch ofSums(int[] groupSizes, double[] rewards, int[] lengths) {
    double[][] rows =
        Arrays.stream(rewards).mapToObj(r -> new double[] {r}).toArray(double[][]::new);
    return new RewardBatch(
        groupSizes, List.of("reward"), rows, new double[] {1}, lengths, null, null);
  }

  /** {@code [answer]}: weighted sum over the functions that apply; NaN where none does. */
  public double[] sums() {
    double[] sums = new double[rewards.length];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = weightedSum(rewards[i], weights);
    }
    return sums;
  }

  static double weightedSum(double[] values, double[] weights) {
    double sum = 0;
    boolean applies = false;
    for (int f = 0; f < values.length; f++) {
      if (!Double.isNaN(values[f])) {
        sum += weights[f] * values[f];
        applies = true;
      }
    }
    return applies ? sum : Double.NaN;
  }
}
