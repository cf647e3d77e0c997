package dev.hone.policy.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SamplerTest {

  private static final int VOCABULARY = 600; // more than two blocks, and not a multiple of one

  private static float[] randomLogits(int offset) {
    Random random = new Random(4);
    float[] logits = new float[offset + VOCABULARY];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (2 * random.nextGaussian());
    }
    return logits;
  }

  static Stream<SamplingSettings> settings() {
    SamplingSettings all = SamplingSettings.DEFAULT;
    return Stream.of(
        all,
        all.withTemperature(0.6),
        all.withTopK(20),
        all.withTopP(0.8),
        all.withMinP(0.05),
        all.withRepetitionPenalty(1.5).withTemperature(0.8).withTopK(50).withTopP(0.9));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void tokensComeUpAsOftenAsTheirProbabilitySays(SamplingSettings settings) {
    int offset = 17;
    float[] logits = randomLogits(offset);
    BitSet seen = new BitSet();
    seen.set(3, 30);
    double[] probabilities =
        NaiveSampling.probabilities(logits, offset, VOCABULARY, seen, settings);
    Sampler sampler = new Sampler(settings, VOCABULARY);
    Philox random = new RandomKey(1, 1).generator();
    int draws = 20_000;
    double worst = 0;
    int[] counts = new int[VOCABULARY];
    for (int i = 0; i < draws; i++) {
      Sampled sampled = sampler.sample(logits, offset, seen, random.uniform(9, i));
      counts[sampled.token()]++;
      double error = sampled.samplingLogProb() - Math.log(probabilities[sampled.token()]);
      worst = Math.max(worst, Math.abs(error));
    }
    assertThat(worst).as("error of the log-probabilities").isLessThan(2e-6);
    double chiSquare = 0;
    double restExpected = 0;
    double restCount = 0;
    int degrees = 0;
    for (int token = 0; token < VOCABULARY; token++) {
      double expected = draws * probabilities[token];
      if (expected == 0) {
        assertThat(counts[token]).isZero();
      } else if (expected < 5) {
        restExpected += expected;
        restCount += counts[token];
      } else {
        chiSquare += Math.pow(counts[token] - expected, 2) / expected;
        degrees++;
      }
    }
    if (restExpected > 0) {
      chiSquare += Math.pow(restCount - restExpected, 2) / restExpected;
      degrees++;
    }
    // Wilson and Hilferty's approximation of the 99.9 % quantile.
    int k = Math.max(1, degrees - 1);
    double quantile = k * Math.pow(1 - 2.0 / (9 * k) + 3.09 * Math.sqrt(2.0 / (9 * k)), 3);
    assertThat(chiSquare).isLessThan(quantile);
  }

  @Test
  void theLogProbabilityIsThatBeforeFiltersAndPenalty() {
    float[] logits = randomLogits(0);
    BitSet seen = new BitSet();
    seen.set(0, 300);
    SamplingSettings settings =
        SamplingSettings.DEFAULT
            .withTemperature(0.7)
            .withTopK(10)
            .withTopP(0.5)
            .withMinP(0.1)
            .withRepetitionPenalty(1.2);
    Sampler sampler = new Sampler(settings, VOCABULARY);
    double total = 0;
    for (float logit : logits) {
      total += Math.exp(logit / 0.7);
    }
    for (int i = 0; i < 20; i++) {
      Sampled sampled = sampler.sample(logits, 0, seen, i / 20.0);
      assertThat((double) sampled.logProb())
          .isCloseTo(logits[sampled.token()] / 0.7 - Math.log(total), within(2e-6));
    }
  }

  @Test
  void greedyTakesTheLowestOfEqualTokens() {
    float[] logits = {0, 3, 1, 3, 2};
    Sampled sampled =
        new Sampler(SamplingSettings.DEFAULT.withTemperature(0), 5).sample(logits, 0, null, 0.99);
    assertThat(sampled.token()).isEqualTo(1);
    assertThat(sampled.samplingLogProb()).isZero();
    double total = 1 + 2 * Math.exp(3) + Math.exp(1) + Math.exp(2);
    assertThat((double) sampled.logProb()).isCloseTo(3 - Math.log(total), within(1e-6));
  }

  @Test
  void theEndsOfTheUnitIntervalDrawTokensOfPositiveProbability() {
    float[] logits = new float[VOCABULARY];
    Arrays.fill(logits, Float.NEGATIVE_INFINITY);
    logits[5] = 1;
    logits[7] = 1;
    for (SamplingSettings settings :
        new SamplingSettings[] {
          SamplingSettings.DEFAULT, SamplingSettings.DEFAULT.withTopP(0.99).withTopK(300)
        }) {
      Sampler sampler = new Sampler(settings, VOCABULARY);
      assertThat(sampler.sample(logits, 0, null, 0).token()).isEqualTo(5);
      assertThat(sampler.sample(logits, 0, null, 1 - 0x1p-53).token()).isEqualTo(7);
    }
  }

  @Test
  void logitsThatAreNotNumbersAreSaidSo() {
    Sampler sampler = new Sampler(SamplingSettings.DEFAULT, 3);
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> sampler.sample(new float[] {0, bad, 1}, 0, null, 0.5))
          .isInstanceOf(ArithmeticException.class)
          .hasMessageContaining("not finite");
    }
  }

  @Test
  void theFastExponentialIsExactToAUnitInTheLastPlace() {
    double worst = 0;
    for (float x = 0; x > -87; x -= 0.00317f) {
      worst = Math.max(worst, Math.abs(FastExp.exp(x) / Math.exp(x) - 1));
    }
    assertThat(worst).isLessThan(1.5e-7);
    assertThat(FastExp.exp(0)).isEqualTo(1);
    assertThat(FastExp.exp(-200)).isZero();
    assertThat(FastExp.exp(Float.NEGATIVE_INFINITY)).isZero();
  }
}
