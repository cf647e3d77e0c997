package dev.hone.rewards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.common.base.Strings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FinalNumberTest {

  private static Judgement judge(String completion, Object reference, Object... options) {
    return Inputs.reward("final_number", options)
        .judge(Inputs.completion(completion, Map.of("answer", reference)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "#### 72 | 72",
        "so 48+24 = 72.\\n#### 72 | 72",
        "#### 1,200 | 1200",
        "#### 1200 | 1,200",
        "#### 12,345,678.50 | 12345678.5",
        "#### $18 | 18",
        "#### -$18 | -18",
        "#### $-18 | -18",
        "#### 18$ | 18",
        "#### 50% | 50",
        "#### 50\\\\% | 50",
        "#### 7.0 | 7",
        "#### 7. | 7",
        "#### .5 | 0.5",
        "#### 007 | 7",
        "#### +3 | 3",
        "#### −3 | -3",
        "#### 72 dollars | 72",
        "#### 72 | #### 72",
        "#### 1.5e3 | 1500",
        "\\\\boxed{42} | 42",
        "\\\\boxed{1{,}000} | 1000",
        "\\\\boxed{\\\\$18} | 18",
        "first \\\\boxed{8}. Wait... \\\\boxed{7} | 7",
        "\\\\boxed{72 \\\\text{ dollars}} | 72",
        "The answer is 18. | 18",
        "He has 5 apples and 13 pears, so 18 | 18",
        "It costs $5,000! | 5000",
        "5000kg | 5000",
        "<think>it is 3</think> 4 | 4",
        "0 | -0",
        "0.10 | .1",
      })
  void acceptsTheRightNumberHoweverItIsWritten(String completion, String reference) {
    String text = completion.replace("\\n", "\n").replace("\\\\", "\\");
    assertThat(judge(text, reference)).returns(Verdict.CORRECT, Judgement::verdict);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "#### 71 | 72",
        "#### 72 then 5\\n#### 73 | 72",
        "#### 72.0000001 | 72",
        "#### 5/2 | 5",
        "#### 5 / 2 | 5",
        "#### 6*12 | 6",
        "#### 2^10 | 2",
        "#### 1=2=72 | 1",
        "#### 10-3 | 10",
        "#### 1,2 | 1",
        "#### 72,3 | 72",
        "#### 211_3 | 211",
        "72 or 73 | 72",
        "the value of x72 | 72",
        "7-5 | -5",
        "1.2.3 | 1.2",
        "\\\\boxed{71} but 72 | 72",
        "\\\\boxed{72 | 72",
        "#### many, 72 or so | 72",
        "<think>#### 72</think> I do not know | 72",
        "<think> 72 | 72",
        "1e999999999 | 1",
        "-72 | 72",
        "nothing | 72",
      })
  void refusesEverythingElse(String completion, String reference) {
    String text = completion.replace("\\n", "\n").replace("\\\\", "\\");
    Judgement judgement = judge(text, reference);
    assertThat(judgement.score()).isZero();
    assertThat(judgement.verdict()).isIn(Verdict.INCORRECT, Verdict.NO_ANSWER);
  }

  @Test
  void referencesMayBeNumbersOrWholeWorkedAnswersOrLists() {
    assertThat(judge("145", 145.0).score()).isEqualTo(1);
    assertThat(judge("145", 145).score()).isEqualTo(1);
    assertThat(judge("0.1", 0.1).score()).isEqualTo(1);
    assertThat(judge("2", "He has 5-3 = <<5-3=2>>2 left.\n#### 2").score()).isEqualTo(1);
    assertThat(judge("2", "thus \\boxed{2}").score()).isEqualTo(1);
    assertThat(judge("2", List.of("3", "2")).score()).isEqualTo(1);
    assertThat(judge("2", List.of("3", "4")).score()).isZero();
  }

  @Test
  void referencesThatAreNoNumberDoNotApply() {
    for (Object reference : List.of("\\frac{1}{2}", "blue", "", "1e999999999", "NaN", List.of())) {
      assertThat(judge("2", reference))
          .returns(Verdict.NOT_APPLICABLE, Judgement::verdict)
          .matches(judgement -> Double.isNaN(judgement.score()));
    }
  }

  @Test
  void extractSaysWhichPlacesCount() {
    assertThat(judge("the last is 72", 72, "extract", List.of("hash")))
        .returns(Verdict.NO_ANSWER, Judgement::verdict);
    assertThat(judge("\\boxed{3} #### 72", 3, "extract", List.of("boxed", "hash")).score())
        .isEqualTo(1);
    assertThat(judge("2*4=8,9*4=36#1568", 1568, "extract", "hash", "marker", "#").extracted())
        .isEqualTo("1568");
    assertThat(judge("2*4=8,9*4=36", 36, "extract", "hash", "marker", "#").score()).isZero();
  }

  @Test
  void theReferenceIsTheColumnThatTheExperimentNames() {
    RewardFunction reward = Inputs.reward("final_number", "reference", "reward_model.ground_truth");
    Map<String, Object> row = Map.of("reward_model", Map.of("ground_truth", "72"));
    assertThat(reward.judge(Inputs.completion("#### 72", row)).score()).isEqualTo(1);
    assertThat(reward.judge(Inputs.completion("#### 72", Map.of("reward_modell", 1))))
        .returns(Verdict.ERROR, Judgement::verdict)
        .extracting(Judgement::reason)
        .asString()
        .contains("reward_model.ground_truth")
        .contains("reward_modell");
  }

  @Test
  void hugeAndHostileTextsEndSoon() {
    List<String> texts =
        List.of(
            Strings.repeat("9", 3_000_000),
            "#### " + Strings.repeat("9", 3_000_000),
            Strings.repeat("\\boxed{", 500_000),
            "\\boxed{" + Strings.repeat("{", 3_000_000),
            Strings.repeat("1,", 1_000_000),
            Strings.repeat("1.", 1_000_000),
            Strings.repeat("-", 2_000_000) + "5",
            Strings.repeat("$", 2_000_000) + "5",
            Strings.repeat("-5$", 700_000),
            Strings.repeat("<think>", 300_000),
            "9e" + Strings.repeat("9", 1_000_000),
            "1e-1000",
            "0." + Strings.repeat("0", 2_000_000) + "1");
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          for (String text : texts) {
            assertThat(judge(text, "72").score()).isZero();
            assertThat(judge("#### 72", text).verdict()).isNotEqualTo(Verdict.ERROR);
          }
        });
  }

  @Test
  void noTextMakesItThrow() {
    Random random = new Random(7);
    String alphabet = "0123456789.,-+$%e#\\{}boxed<think>/ \n−€½²٣";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(24); j > 0; j--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      assertThat(judge(text.toString(), text.reverse().toString()).reason()).isNotNull();
    }
  }

  @Test
  void wrongOptionsAreNamed() {
    assertThatThrownBy(() -> Inputs.reward("final_number", "extract", List.of("hsh")))
        .isInstanceOf(InvalidReward.class)
        .hasMessageContaining("[hash, boxed, last]")
        .hasMessageContaining("did you mean 'hash'");
    assertThatThrownBy(() -> Inputs.reward("final_number", "marker", ""))
        .isInstanceOf(InvalidReward.class);
  }
}
