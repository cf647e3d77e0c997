package dev.hone.policy.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** What the recorded cases do not reach: closed-form gradients against differences. */
class PolicyLossGradientTest {

  private static final double H = 1e-6;

  @Property(tries = 200)
  void gradientsAreThoseOfTheLoss(
      @ForAll LossType type,
      @ForAll ImportanceSamplingLevel level,
      @ForAll KlEstimator estimator,
      @ForAll boolean corrected,
      @ForAll @IntRange(max = 1000) int seed) {
    // CISPO and VESPO hold their weights constant by design: their loss is not what they descend.
    if (type == LossType.CISPO || type == LossType.VESPO) {
      return;
    }
    PolicyLossSettings settings =
        PolicyLossSettings.builder()
            .lossType(type)
            .importanceSamplingLevel(level)
            .klEstimator(estimator)
            .useBiasCorrectionKl(corrected)
            .beta(0.3)
            .epsilonHigh(0.28)
            .dualClip(1.5)
            .entropyCoef(0.02)
            .build();
    PolicySequence sequence = sequence(seed, 5);
    BatchTotals totals = BatchTotals.of(3, 11, 13);
    SequenceLoss loss = loss(settings, sequence, totals);
    for (int t = 0; t < 5; t++) {
      double up = loss(settings, moved(sequence, t, H, 0), totals).loss();
      double down = loss(settings, moved(sequence, t, -H, 0), totals).loss();
      double kink = loss.byLogProbs()[t] - (up - down) / (2 * H);
      assertThat(kink).as("log-probability %d of %s", t, settings).isCloseTo(0, within(1e-6));
      up = loss(settings, moved(sequence, t, 0, H), totals).loss();
      down = loss(settings, moved(sequence, t, 0, -H), totals).loss();
      assertThat(loss.byEntropies()[t]).isCloseTo((up - down) / (2 * H), within(1e-6));
    }
  }

  @Test
  void theDualClipBoundsWhatABadAnswerCosts() {
    PolicyLossSettings settings = PolicyLossSettings.builder().dualClip(3).build();
    PolicySequence runaway =
        new PolicySequence(
            new double[] {-0.1},
            new double[] {-3},
            null,
            null,
            new double[] {1},
            new boolean[] {true},
            -2);
    SequenceLoss loss = loss(settings, runaway, BatchTotals.of(1, 1, 1));
    assertThat(loss.loss()).isEqualTo(6);
    assertThat(loss.byLogProbs()).containsExactly(0);
    assertThat(loss(PolicyLossSettings.defaults(), runaway, BatchTotals.of(1, 1, 1)).loss())
        .isEqualTo(2 * Math.exp(2.9));
  }

  @Test
  void whatIsMaskedIsNeverRead() {
    PolicySequence sequence = sequence(3, 4);
    boolean[] mask = {true, false, true, true};
    PolicySequence masked = withMask(sequence, mask, Double.NaN);
    SequenceLoss loss = loss(PolicyLossSettings.defaults(), masked, BatchTotals.of(1, 3, 3));
    assertThat(loss.loss()).isFinite();
    assertThat(loss.byLogProbs()[1]).isZero();
  }

  @Test
  void theBalanceLossOfASequenceHasItsClosedFormGradient() {
    Random random = new Random(5);
    float[] scores = new float[6 * 4];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = 0.1f + random.nextFloat();
    }
    RouterBalanceLoss loss = RouterBalanceLoss.ofSequence(scores, 4, 1, 5, 2);
    float[] byScores = new float[scores.length];
    double value = loss.add(scores, 1, 5, 0.25, byScores);

    // Equations 17 to 20, written out once more.
    double[] frequencies = new double[4];
    double[] means = new double[4];
    for (int t = 1; t < 5; t++) {
      float[] row = Arrays.copyOfRange(scores, 4 * t, 4 * t + 4);
      float[] sorted = row.clone();
      Arrays.sort(sorted);
      double sum = row[0] + row[1] + row[2] + row[3];
      for (int e = 0; e < 4; e++) {
        frequencies[e] += row[e] >= sorted[2] ? 4 / (2 * 4.0) : 0;
        means[e] += row[e] / sum / 4;
      }
    }
    double expected = 0;
    for (int e = 0; e < 4; e++) {
      expected += frequencies[e] * means[e];
    }
    assertThat(value).isCloseTo(expected, within(1e-6));
    for (int i = 0; i < scores.length; i++) {
      float[] up = scores.clone();
      up[i] += 1e-3f;
      float[] down = scores.clone();
      down[i] -= 1e-3f;
      double slope =
          (loss.add(up, 1, 5, 0.25, new float[24]) - loss.add(down, 1, 5, 0.25, new float[24]))
              / (up[i] - down[i]);
      assertThat((double) byScores[i]).isCloseTo(slope, within(1e-5));
    }
  }

  @Test
  void aQuantileKeepsTheTokensOfHighestEntropy() {
    List<double[]> entropies = List.of(new double[] {1, 9, 2}, new double[] {5, 7});
    List<boolean[]> masks = List.of(new boolean[] {true, false, true}, new boolean[] {true, true});
    BatchTotals totals = BatchTotals.of(2, 4, 4).keepingTopEntropy(0.5, entropies, masks);
    assertThat(totals.entropyThreshold()).isEqualTo(3.5);
    assertThat(totals.entropyTokens()).isEqualTo(2);
  }

  private static SequenceLoss loss(
      PolicyLossSettings settings, PolicySequence sequence, BatchTotals totals) {
    return new PolicyLoss(settings).evaluate(sequence, totals, new LossMetrics());
  }

  private static PolicySequence sequence(int seed, int length) {
    Random random = new Random(seed);
    double[][] arrays = new double[4][length];
    for (int t = 0; t < length; t++) {
      arrays[0][t] = -3 * random.nextDouble();
      arrays[1][t] = arrays[0][t] + 0.4 * random.nextGaussian();
      arrays[2][t] = arrays[0][t] + 0.4 * random.nextGaussian();
      arrays[3][t] = 2 * random.nextDouble();
    }
    boolean[] mask = new boolean[length];
    Arrays.fill(mask, true);
    mask[length / 2] = false;
    return new PolicySequence(
        arrays[0], arrays[1], arrays[2], null, arrays[3], mask, random.nextGaussian());
  }

  private static PolicySequence moved(PolicySequence s, int t, double logProb, double entropy) {
    double[] logProbs = s.logProbs().clone();
    double[] entropies = s.entropies().clone();
    logProbs[t] += logProb;
    entropies[t] += entropy;
    return new PolicySequence(
        logProbs, s.oldLogProbs(), s.refLogProbs(), null, entropies, s.mask(), s.advantage());
  }

  private static PolicySequence withMask(PolicySequence s, boolean[] mask, double elsewhere) {
    double[] logProbs = s.logProbs().clone();
    double[] entropies = s.entropies().clone();
    for (int t = 0; t < mask.length; t++) {
      logProbs[t] = mask[t] ? logProbs[t] : elsewhere;
      entropies[t] = mask[t] ? entropies[t] : elsewhere;
    }
    return new PolicySequence(
        logProbs, s.oldLogProbs(), null, null, entropies, mask, s.advantage());
  }
}
