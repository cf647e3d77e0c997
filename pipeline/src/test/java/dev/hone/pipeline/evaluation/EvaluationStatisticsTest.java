package dev.hone.pipeline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationStatisticsTest {

  @Test
  void passAtKIsTheShareOfSubsetsWithACorrectAnswer() {
    for (int n = 1; n <= 9; n++) {
      for (int c = 0; c <= n; c++) {
        for (int k = 1; k <= n; k++) {
          int subsets = 0;
          int passing = 0;
          for (int mask = 0; mask < 1 << n; mask++) {
            if (Integer.bitCount(mask) == k) {
              subsets++;
              passing += (mask & ((1 << c) - 1)) != 0 ? 1 : 0;
            }
          }
          assertThat(PassAtK.estimate(n, c, k))
              .as("n=%d c=%d k=%d", n, c, k)
              .isCloseTo((double) passing / subsets, within(1e-12));
        }
      }
    }
  }

  @Test
  void passAtKOfMoreAnswersThanWereDrawnIsRefused() {
    assertThatThrownBy(() -> PassAtK.estimate(4, 1, 5))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void majorityAtKIsTheMeanOverEverySubset() {
    SplittableRandom random = new SplittableRandom(3);
    for (int trial = 0; trial < 60; trial++) {
      int n = 1 + random.nextInt(9);
      List<SampleOutcome> samples = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        int answer = random.nextInt(4);
        String extracted = answer == 3 ? null : Integer.toString(answer);
        samples.add(new SampleOutcome(answer == 0, extracted, 5, false));
      }
      for (int k = 1; k <= n; k++) {
        assertThat(MajorityAtK.estimate(samples, k))
            .as("%s, k=%d", samples, k)
            .isCloseTo(majorityByEnumeration(samples, k), within(1e-12));
      }
    }
  }

  private static double majorityByEnumeration(List<SampleOutcome> samples, int k) {
    double sum = 0;
    int subsets = 0;
    for (int mask = 0; mask < 1 << samples.size(); mask++) {
      if (Integer.bitCount(mask) != k) {
        continue;
      }
      subsets++;
      Map<String, Integer> votes = new HashMap<>();
      for (int i = 0; i < samples.size(); i++) {
        String vote = samples.get(i).extracted();
        if ((mask >> i & 1) == 1 && vote != null) {
          votes.merge(vote, 1, Integer::sum);
        }
      }
      int most = votes.values().stream().mapToInt(v -> v).max().orElse(0);
      if (most > 0 && votes.getOrDefault("0", 0) == most) {
        sum += 1.0 / votes.values().stream().filter(v -> v == most).count();
      }
    }
    return sum / subsets;
  }

  @Test
  void majorityOfHundredsOfAnswersIsCountedNotDrawn() {
    List<SampleOutcome> samples = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      boolean correct = i < 100;
      samples.add(new SampleOutcome(correct, correct ? "right" : "wrong" + i % 5, 1, false));
    }
    assertThat(MajorityAtK.estimate(samples, 256)).isCloseTo(1, within(1e-9));
    assertThat(MajorityAtK.estimate(samples, 1)).isCloseTo(100 / 256.0, within(1e-9));
    assertThat(MajorityAtK.estimate(samples, 64)).isBetween(0.95, 1.0);
  }

  @Test
  void theBootstrapIntervalOfAShareIsTheNormalOne() {
    // 600 problems at 0.4: the textbook interval is 0.4 +- 1.96 sqrt(0.4 0.6 / 600) = +- 0.0392.
    double[] scores = IntStream.range(0, 600).mapToDouble(i -> i % 5 < 2 ? 1 : 0).toArray();
    Estimate estimate = Bootstrap.mean(scores, 1);
    assertThat(estimate.value()).isCloseTo(0.4, within(1e-12));
    assertThat(estimate.low()).isCloseTo(0.4 - 0.0392, within(0.004));
    assertThat(estimate.high()).isCloseTo(0.4 + 0.0392, within(0.004));
    assertThat(Bootstrap.mean(scores, 1)).isEqualTo(estimate);
  }

  @Test
  void theIntervalHoldsTheTruthAboutNineteenTimesInTwenty() {
    SplittableRandom random = new SplittableRandom(11);
    int held = 0;
    for (int trial = 0; trial < 100; trial++) {
      double[] scores =
          IntStream.range(0, 150).mapToDouble(i -> random.nextDouble() < 0.3 ? 1 : 0).toArray();
      Estimate estimate = Bootstrap.mean(scores, trial);
      held += estimate.low() <= 0.3 && 0.3 <= estimate.high() ? 1 : 0;
    }
    assertThat(held).isBetween(88, 100);
  }

  @Test
  void aGainOnTheSameProblemsIsMoreCertainThanEitherAccuracy() {
    double[] before = IntStream.range(0, 400).mapToDouble(i -> i % 2).toArray();
    double[] after = before.clone();
    IntStream.range(0, 40).map(i -> 2 * i).forEach(i -> after[i] = 1);
    Estimate gain = Bootstrap.gain(before, after, 0);
    Estimate alone = Bootstrap.mean(after, 0);
    assertThat(gain.value()).isCloseTo(0.1, within(1e-12));
    assertThat(gain.high() - gain.low()).isLessThan(alone.high() - alone.low());
    assertThat(gain.low()).isPositive();
  }

  @Test
  void noProblemsGiveNoNumberAndNoError() {
    assertThat(Bootstrap.mean(new double[0], 0).value()).isNaN();
    EvaluationResult result = EvaluationResult.of("empty", 0, List.of(1), List.of(), 0, 0);
    assertThat(result.problems()).isZero();
    assertThat(result.meanLength()).isNaN();
  }

  @Test
  void aSuiteIsSummarisedByTheNamesUsersKnow() {
    EvaluationResult result = suite();
    assertThat(result.metrics().keySet())
        .containsExactly(
            "eval/test/pass@1",
            "eval/test/pass@4",
            "eval/test/avg@4",
            "eval/test/maj@4",
            "eval/test/completions/mean_length",
            "eval/test/completions/clipped_ratio",
            "eval/test/extracted_ratio");
    assertThat(result.accuracy().get("avg@4").value()).isCloseTo(0.5, within(1e-12));
    assertThat(result.accuracy().get("pass@4").value()).isCloseTo(1, within(1e-12));
    assertThat(result.accuracy().get("maj@4").value()).isCloseTo((1 + 0.5 + 0) / 3, within(1e-12));
    assertThat(result.extractedRatio()).isCloseTo(11 / 12.0, within(1e-12));
  }

  @Test
  void anEvaluationComesBackFromItsLogAsItWent(@TempDir Path folder) {
    Path file = folder.resolve("evaluations.jsonl");
    SampleAnswer answer = new SampleAnswer("test", 7, "1+1=", "2", "#2\n\"", null, true, 3, false);
    Evaluation evaluation = new Evaluation("sft", 10, 1.5, List.of(suite()), List.of(answer));
    try (EvaluationLog log = EvaluationLog.open(file)) {
      log.append(evaluation);
      log.append(new Evaluation("sft", 20, 2.5, List.of(), List.of()));
      log.keepThrough(List.of(), "sft", 10);
    }
    assertThat(EvaluationLog.read(file)).containsExactly(evaluation);
  }

  /** Three problems with 3, 2 and 1 of 4 answers correct; the wrong ones agree. */
  private static EvaluationResult suite() {
    List<ProblemOutcome> outcomes = new ArrayList<>();
    for (int problem = 0; problem < 3; problem++) {
      List<SampleOutcome> samples = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        boolean correct = i < 3 - problem;
        String wrong = problem == 0 ? null : "8";
        samples.add(new SampleOutcome(correct, correct ? "7" : wrong, 10, i == 0));
      }
      outcomes.add(new ProblemOutcome(problem, samples));
    }
    return EvaluationResult.of("test", 1, List.of(1, 4), outcomes, 2, 0);
  }
}
