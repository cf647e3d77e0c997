package dev.hone.rewards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.common.base.Strings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextRewardsTest {

  private static double score(RewardFunction reward, String completion) {
    return reward.judge(Inputs.completion(completion, Map.of("answer", "Blue"))).score();
  }

  @Test
  void exactMatchComparesEveryCharacter() {
    assertThat(score(Inputs.reward("exact_match"), " Blue\n")).isEqualTo(1);
    assertThat(score(Inputs.reward("exact_match"), "blue")).isZero();
    assertThat(score(Inputs.reward("exact_match", "ignore_case", true), "blue")).isEqualTo(1);
    assertThat(score(Inputs.reward("exact_match", "strip", false), " Blue")).isZero();
    assertThat(score(Inputs.reward("exact_match", "after", "Answer:"), "so\nAnswer: Blue"))
        .isEqualTo(1);
    assertThat(score(Inputs.reward("exact_match", "after", "Answer:"), "Blue")).isZero();
  }

  @Test
  void regexFindsOrMatchesWhole() {
    assertThat(score(Inputs.reward("regex", "pattern", "b+"), "abbc")).isEqualTo(1);
    assertThat(score(Inputs.reward("regex", "pattern", "b+", "match", "full"), "abbc")).isZero();
    assertThat(score(Inputs.reward("regex", "pattern", "a.c", "match", "full"), "a\nc"))
        .isEqualTo(1);
  }

  @Test
  void regexComparesItsLastGroupWithTheReference() {
    RewardFunction reward =
        Inputs.reward("regex", "pattern", "colou?r is (\\w+)", "reference", "answer");
    assertThat(score(reward, "color is Red, no, colour is Blue.")).isEqualTo(1);
    assertThat(score(reward, "color is Blue, no, colour is Red.")).isZero();
    assertThat(score(reward, "Blue")).isZero();
  }

  @Test
  void regexOptionsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> Inputs.reward("regex")).hasMessageContaining("'pattern'");
    assertThatThrownBy(() -> Inputs.reward("regex", "pattern", "(a"))
        .isInstanceOf(InvalidReward.class)
        .hasMessageContaining("Unclosed group");
    assertThatThrownBy(() -> Inputs.reward("regex", "pattern", "(a)", "group", 2))
        .hasMessageContaining("at most 1");
    assertThatThrownBy(() -> Inputs.reward("format")).hasMessageContaining("either");
    assertThatThrownBy(() -> Inputs.reward("format", "preset", "thnik"))
        .hasMessageContaining("did you mean 'think'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a+)+b",
        "(a|aa)+b",
        "(a*)*b",
        "(.*)(.*)(.*)(.*)(.*)(.*)b",
        "((a|b)*c)*d",
        "(a|b|ab)*c",
        "^(([a-z])+.)+[A-Z]([a-z])+$"
      })
  void noPatternRunsOnOrOverflows(String pattern) {
    for (String text : List.of(Strings.repeat("a", 60), Strings.repeat("a", 1_000_000))) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(20),
          () -> {
            assertThat(score(Inputs.reward("regex", "pattern", pattern), text)).isZero();
            assertThat(score(Inputs.reward("format", "pattern", pattern), text)).isZero();
          });
    }
  }

  @Test
  void aStepBudgetGivesTheSameJudgementEveryTime() {
    RewardFunction reward = Inputs.reward("regex", "pattern", "(a+)+b");
    RewardInput input = Inputs.completion(Strings.repeat("a", 40), Map.of());
    assertThat(reward.judge(input)).isEqualTo(reward.judge(input));
  }

  @Test
  void longPlainTextIsNoTroubleForAPlainPattern() {
    String text = Strings.repeat("some words and more\n", 200_000) + "#### 5";
    assertThat(score(Inputs.reward("regex", "pattern", "####\\s*(\\d+)"), text)).isEqualTo(1);
    assertThat(score(Inputs.reward("format", "preset", "hash_number"), text)).isEqualTo(1);
  }

  @Test
  void thinkWantsThoughtAndThenAnAnswer() {
    RewardFunction think = Inputs.reward("format", "preset", "think");
    assertThat(score(think, "<think>two and two</think> four")).isEqualTo(1);
    assertThat(score(think, "\n<think>two\nand two</think>\n\nfour\n")).isEqualTo(1);
    assertThat(score(think, "<think>two and two</think>")).isZero();
    assertThat(score(think, "<think></think> four")).isZero();
    assertThat(score(think, "<think>two and two four")).isZero();
    assertThat(score(think, "so <think>two and two</think> four")).isZero();
    assertThat(score(think, "<think>a</think> b <think>c</think> d")).isZero();
    assertThat(score(think, "<think><think>a</think> b")).isZero();
    assertThat(score(think, "four")).isZero();
  }

  @Test
  void thinkMayBeOpenedByThePrompt() {
    RewardFunction think = Inputs.reward("format", "preset", "think");
    RewardInput opened =
        new RewardInput("Assistant: <think>\n", "two and two</think> four", 5, true, Map.of());
    assertThat(think.judge(opened).score()).isEqualTo(1);
  }

  @Test
  void hashNumberWantsTheNumberOnTheLastLine() {
    RewardFunction form = Inputs.reward("format", "preset", "hash_number");
    assertThat(score(form, "49 + 39 = 88\n#### 88")).isEqualTo(1);
    assertThat(score(form, "#### -1,088.5\n")).isEqualTo(1);
    assertThat(score(form, "#### 88\nso")).isZero();
    assertThat(score(form, "#### eighty")).isZero();
    assertThat(score(form, "#### 88 apples")).isZero();
    assertThat(score(form, "##### 88")).isZero();
    assertThat(score(form, "the #### 88")).isZero();
    assertThat(score(form, "####")).isZero();
    assertThat(score(form, "")).isZero();
  }

  @Test
  void lengthIsATrapezoid() {
    RewardFunction length =
        Inputs.reward("length", "min_length", 10, "max_length", 20, "soft_window", 4);
    int[] tokens = {6, 8, 10, 20, 21, 23, 24, 100};
    double[] expected = {0, 0.5, 1, 1, 0.75, 0.25, 0, 0};
    for (int i = 0; i < tokens.length; i++) {
      assertThat(length.judge(Inputs.tokens(tokens[i])).score()).isEqualTo(expected[i]);
    }
  }

  /** Equation 13 of DAPO: L_max 20, L_cache 8. */
  @Test
  void overlongFollowsTheEquationOfDapo() {
    RewardFunction overlong =
        Inputs.reward("overlong", "max_completion_length", 20, "soft_punish_cache", 8);
    for (int tokens = 1; tokens <= 25; tokens++) {
      double expected = tokens <= 12 ? 0 : tokens <= 20 ? ((20 - 8) - tokens) / 8.0 : -1;
      assertThat(overlong.judge(Inputs.tokens(tokens)).score()).isEqualTo(expected);
    }
  }
}
