package dev.hone.policy.advantage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What must hold of any rewards. */
class AdvantagePropertyTest {

  private static final double[] GREEDY = {0.5, 0.25, 1};

  @Property(tries = 100)
  void centredEstimatorsSumToZeroInEveryGroup(@ForAll("groups") double[][] groups) {
    for (AdvantageEstimator estimator :
        List.of(AdvantageEstimator.GRPO, AdvantageEstimator.DR_GRPO, AdvantageEstimator.RLOO)) {
      double[] advantages = advantages(estimator, groups);
      int from = 0;
      for (double[] group : groups) {
        double sum = 0;
        for (int i = from; i < from + group.length; i++) {
          sum += advantages[i];
        }
        assertThat(sum).as(estimator.name()).isCloseTo(0, within(1e-9));
        from += group.length;
      }
    }
  }

  @Property(tries = 100)
  void leaveOneOutComparesWithTheMeanOfTheOthers(@ForAll("groups") double[][] groups) {
    double[] advantages = advantages(AdvantageEstimator.RLOO, groups);
    int row = 0;
    for (double[] group : groups) {
      for (int i = 0; i < group.length; i++) {
        double others = 0;
        for (int j = 0; j < group.length; j++) {
          others += j == i ? 0 : group[j];
        }
        assertThat(advantages[row++])
            .isCloseTo(group[i] - others / (group.length - 1), within(1e-9));
      }
    }
  }

  @Property(tries = 100)
  void lengthWeightedBaselineLeavesNoLengthWeightedSum(@ForAll("groups") double[][] groups) {
    double[] advantages = advantages(AdvantageEstimator.OPO, groups);
    int row = 0;
    for (double[] group : groups) {
      double sum = 0;
      for (int i = 0; i < group.length; i++, row++) {
        sum += advantages[row] * length(row);
      }
      assertThat(sum).isCloseTo(0, within(1e-8));
    }
  }

  @Property(tries = 100)
  void whiteningLeavesTokensOfMeanZeroAndVarianceOne(@ForAll("groups") double[][] groups) {
    double[] advantages = advantages(AdvantageEstimator.REINFORCE_PLUS_PLUS_BASELINE, groups);
    double count = 0;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < advantages.length; i++) {
      count += length(i);
      sum += length(i) * advantages[i];
      squares += length(i) * advantages[i] * advantages[i];
    }
    assertThat(sum / count).isCloseTo(0, within(1e-6));
    boolean varied = Arrays.stream(groups).anyMatch(g -> Arrays.stream(g).distinct().count() > 1);
    if (varied) {
      assertThat(squares / (count - 1)).isCloseTo(1, within(1e-3));
    }
  }

  @Property(tries = 100)
  void onlyTheBestOfAGroupLearnsUnderPassAtK(@ForAll("groups") double[][] groups) {
    double[] advantages = advantages(AdvantageEstimator.GRPO_PASSK, groups);
    int from = 0;
    for (double[] group : groups) {
      double[] sorted = group.clone();
      Arrays.sort(sorted);
      double gap = sorted[sorted.length - 1] - sorted[sorted.length - 2];
      long learning =
          Arrays.stream(advantages, from, from + group.length).filter(a -> a != 0).count();
      assertThat(learning).isEqualTo(gap > 0 ? 1 : 0);
      from += group.length;
    }
  }

  @Property(tries = 50)
  void remaxSubtractsTheGreedyAnswer(@ForAll("groups") double[][] groups) {
    double[] advantages = advantages(AdvantageEstimator.REMAX, groups);
    int row = 0;
    for (int g = 0; g < groups.length; g++) {
      for (double reward : groups[g]) {
        assertThat(advantages[row++]).isEqualTo(reward - GREEDY[g]);
      }
    }
  }

  @Provide
  Arbitrary<double[][]> groups() {
    Arbitrary<Double> reward = Arbitraries.integers().between(-4, 4).map(i -> i / 4.0);
    return reward
        .array(Double[].class)
        .ofMinSize(2)
        .ofMaxSize(8)
        .map(row -> Arrays.stream(row).mapToDouble(Double::doubleValue).toArray())
        .array(double[][].class)
        .ofMinSize(1)
        .ofMaxSize(3);
  }

  private static int length(int row) {
    return 1 + row % 5;
  }

  private static double[] advantages(AdvantageEstimator estimator, double[][] groups) {
    int[] sizes = Arrays.stream(groups).mapToInt(group -> group.length).toArray();
    double[][] rewards =
        Arrays.stream(groups)
            .flatMapToDouble(Arrays::stream)
            .mapToObj(reward -> new double[] {reward})
            .toArray(double[][]::new);
    int[] lengths = new int[rewards.length];
    Arrays.setAll(lengths, AdvantagePropertyTest::length);
    RewardBatch batch =
        new RewardBatch(
            sizes,
            List.of("r"),
            rewards,
            new double[] {1},
            lengths,
            Arrays.copyOf(GREEDY, sizes.length),
            null);
    return Advantages.estimate(batch, AdvantageSettings.builder().advantage(estimator).build())
        .advantages();
  }
}
