package dev.hone.rewards.math;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.rewards.Judgement;
import dev.hone.rewards.RewardInput;
import dev.hone.rewards.RewardRegistry;
import dev.hone.rewards.Verdict;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MathVerifierTest {

  private final MathVerifier strict = new MathVerifier(Mode.STRICT);
  private final MathVerifier lenient = new MathVerifier(Mode.LENIENT);

  @Nested
  class AJudgement {

    @Test
    void saysWhatWasFoundAndWhyItIsRight() {
      Judgement judgement = strict.verify("So it is $\\boxed{\\frac12}$.", "0.5");

      assertThat(judgement.verdict()).isEqualTo(Verdict.CORRECT);
      assertThat(judgement.extracted()).isEqualTo("\\frac12");
      assertThat(judgement.reason()).isEqualTo("\\frac12 = 0.5: equal as numbers");
    }

    @Test
    void saysWhyItIsWrong() {
      assertThat(strict.verify("\\boxed{3.1}", "3.14").reason()).isEqualTo("3.1 ≠ 3.14: not equal");
      assertThat(strict.verify("\\boxed{7 \\text{ m}}", "7 \\text{ kg}").reason())
          .contains("the units differ");
      assertThat(strict.verify("\\boxed{17\\cdot 24}", "408").reason()).contains("not worked out");
      assertThat(strict.verify("\\boxed{1/0}", "7").reason()).contains("≠");
    }

    @Test
    void namesTheCharacterThatIsNoNotation() {
      assertThat(strict.verify("\\boxed{\u0445}", "x").reason()).contains("U+0445");
    }

    @Test
    void tellsNoAnswerFromAWrongOne() {
      assertThat(strict.verify("I cannot do this. It is too hard for me.", "7").verdict())
          .isEqualTo(Verdict.NO_ANSWER);
      assertThat(strict.verify("\\boxed{8}", "7").verdict()).isEqualTo(Verdict.INCORRECT);
      assertThat(strict.verify("\\boxed{7}", " ").verdict()).isEqualTo(Verdict.NOT_APPLICABLE);
    }
  }

  @Nested
  class TheModes {

    @Test
    void strictWantsTheAnswerMarkedAndLenientLooksForIt() {
      String unmarked = "We add them up and get 17 in all, which surprised me.";

      assertThat(strict.verify(unmarked, "17").verdict()).isEqualTo(Verdict.NO_ANSWER);
      assertThat(lenient.verify(unmarked, "17").verdict()).isEqualTo(Verdict.CORRECT);
    }

    @Test
    void strictWantsExactValuesAndLenientTakesSixDecimals() {
      assertThat(strict.verify("\\boxed{0.333333}", "\\frac13").score()).isZero();
      assertThat(lenient.verify("\\boxed{0.333333}", "\\frac13").score()).isEqualTo(1);
      assertThat(lenient.verify("\\boxed{0.3333}", "\\frac13").score()).isZero();
      assertThat(lenient.verify("\\boxed{0.0000001}", "\\frac{1}{5000000}").score()).isZero();
    }

    @Test
    void strictWantsArithmeticDone() {
      assertThat(strict.verify("\\boxed{17 \\times 24}", "408").score()).isZero();
      assertThat(lenient.verify("\\boxed{17 \\times 24}", "408").score()).isEqualTo(1);
      assertThat(strict.verify("\\boxed{2^{10}}", "1024").score()).isEqualTo(1);
    }
  }

  @Nested
  class References {

    @Test
    void ofGsm8kHaveTheirNumberAfterTheHashes() {
      assertThat(strict.verify("#### 72", "48/2 = <<48/2=24>>24 clips.\n#### 72").score())
          .isEqualTo(1);
    }

    @Test
    void ofSvampAreFloatsThatMeanIntegers() {
      assertThat(strict.verify("\\boxed{145}", "145.0").score()).isEqualTo(1);
      assertThat(strict.verify("\\boxed{145.02}", "145.0").score()).isZero();
    }

    @Test
    void areColumnsOfTheRow() {
      RewardInput row =
          new RewardInput(
              "p",
              "\\boxed{1{,}000}",
              9,
              true,
              Map.of("reward_model", Map.of("ground_truth", "1000")));

      assertThat(
              RewardRegistry.standard()
                  .create("math", Map.of("reference", "reward_model.ground_truth"))
                  .judge(row)
                  .score())
          .isEqualTo(1);
    }
  }

  @Test
  void manyThreadsGetTheSameJudgements() {
    List<String> answers =
        List.of(
            "\\boxed{\\sin^2 x + \\cos^2 x}",
            "\\boxed{\\sqrt{3+2\\sqrt2}}",
            "\\boxed{x>3}",
            "\\boxed{\\frac{\\sqrt5+1}{2}}",
            "\\boxed{\\{1,2\\}}");
    List<String> references = List.of("1", "1+\\sqrt2", "(3,\\infty)", "1.618", "2, 1");
    Map<Integer, Judgement> first = new ConcurrentHashMap<>();

    IntStream.range(0, 4_000)
        .parallel()
        .forEach(
            i -> {
              int which = i % answers.size();
              Judgement judgement = strict.verify(answers.get(which), references.get(which));
              Judgement before = first.putIfAbsent(which, judgement);
              assertThat(judgement).isEqualTo(before == null ? judgement : before);
            });

    assertThat(first.values()).allSatisfy(j -> assertThat(j.score()).isEqualTo(1));
  }
}
