package dev.hone.rewards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RewardRegistryTest {

  /** A user's reward without options. */
  public static final class Shouting implements RewardFunction {
    @Override
    public Judgement judge(RewardInput input) {
      return input.completion().endsWith("!")
          ? Judgement.correct("", "shouts")
          : Judgement.incorrect("", "does not shout");
    }
  }

  /** A user's reward with options. */
  public static final class Longer implements RewardFunction {
    private final int than;

    public Longer(Map<String, Object> options) {
      this.than = ((Number) options.get("than")).intValue();
    }

    @Override
    public Judgement judge(RewardInput input) {
      return new Judgement(
          input.completionTokens() > than ? 0.5 : 0, Verdict.CORRECT, "", "a half");
    }
  }

  /** A user's verifier. */
  public static final class SameLength implements Verifier {
    @Override
    public Judgement verify(String response, String reference) {
      return response.length() == reference.length()
          ? Judgement.correct(response, "same length")
          : Judgement.incorrect(response, "other length");
    }
  }

  /** Throws on everything. */
  public static final class Broken implements RewardFunction {
    @Override
    public Judgement judge(RewardInput input) {
      throw new IllegalStateException("two\nlines");
    }
  }

  private static RewardSpec spec(String name, String type, double weight, Object... options) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < options.length; i += 2) {
      map.put((String) options[i], options[i + 1]);
    }
    return new RewardSpec(name, type, weight, map);
  }

  private static CompositeReward composite(RewardSpec... specs) {
    return new CompositeReward(List.of(specs), RewardRegistry.standard());
  }

  @Test
  void unknownTypesAreNamedWithTheNearest() {
    assertThatThrownBy(() -> Inputs.reward("final_numbr"))
        .isInstanceOf(InvalidReward.class)
        .hasMessageContaining("final_numbr")
        .hasMessageContaining("exact_match")
        .hasMessageContaining("did you mean 'final_number'?")
        .hasMessageNotContaining("\n");
  }

  @Test
  void unknownOptionsAreNamedWithTheNearest() {
    assertThatThrownBy(() -> Inputs.reward("exact_match", "ignorecase", true))
        .isInstanceOf(InvalidReward.class)
        .hasMessageContaining("'ignorecase'")
        .hasMessageContaining("did you mean 'ignore_case'?");
  }

  @Test
  void wrongTypesOfOptionsAreNamed() {
    assertThatThrownBy(() -> Inputs.reward("exact_match", "ignore_case", "yes"))
        .hasMessageContaining("true or false");
    assertThatThrownBy(() -> Inputs.reward("length", "max_length", -3))
        .hasMessageContaining("whole number of at least 0");
    assertThatThrownBy(() -> Inputs.reward("length", "max_length", 2.5))
        .hasMessageContaining("whole number");
    assertThatThrownBy(() -> Inputs.reward("regex", "pattern", 3)).hasMessageContaining("a string");
  }

  @Test
  void aUsersClassIsFoundByItsName() {
    assertThat(
            Inputs.reward(Shouting.class.getName())
                .judge(Inputs.completion("yes!", Map.of()))
                .score())
        .isEqualTo(1);
    assertThat(
            Inputs.reward(Longer.class.getName(), "than", 3)
                .judge(Inputs.completion("long", Map.of()))
                .score())
        .isEqualTo(0.5);
    assertThat(
            Inputs.reward(SameLength.class.getName(), "reference", "gold")
                .judge(Inputs.completion("abc", Map.of("gold", "xyz")))
                .score())
        .isEqualTo(1);
  }

  @Test
  void aClassThatIsNoRewardIsRefused() {
    assertThatThrownBy(() -> Inputs.reward("java.lang.String"))
        .hasMessageContaining("implements neither");
    assertThatThrownBy(() -> Inputs.reward(Shouting.class.getName(), "volume", 11))
        .hasMessageContaining("takes no options");
    assertThatThrownBy(() -> Inputs.reward(Longer.class.getName()))
        .isInstanceOf(InvalidReward.class)
        .hasMessageContaining("constructor");
    assertThatThrownBy(() -> Inputs.reward("com.acme.NoSuchReward"))
        .hasMessageContaining("no such class");
  }

  @Test
  void theSumIsWeightedAndEveryTermIsReported() {
    CompositeReward reward =
        composite(
            spec("accuracy", "final_number", 1.0),
            spec("shout", Shouting.class.getName(), 0.25),
            spec("short", "length", -0.5, "max_length", 3));
    CompositeJudgement judgement =
        reward.judge(new RewardInput("p", "#### 72!", 3, true, Map.of("answer", "72")));
    assertThat(judgement.reward()).isEqualTo(1.0 + 0.25 - 0.5);
    assertThat(judgement.judgements()).containsOnlyKeys("accuracy", "shout", "short");
    assertThat(List.copyOf(judgement.judgements().keySet()))
        .containsExactly("accuracy", "shout", "short");
  }

  @Test
  void whatDoesNotApplyCountsNeitherForNorAgainst() {
    CompositeReward reward =
        composite(
            spec("accuracy", "final_number", 1.0), spec("shout", Shouting.class.getName(), 1));
    assertThat(reward.judge(Inputs.completion("no!", Map.of("answer", "blue"))).reward())
        .isEqualTo(1);
  }

  @Test
  void aCompletionNoneOfWhoseRewardsApplyHasNoReward() {
    CompositeReward reward = composite(spec("accuracy", "final_number", 1.0));
    assertThat(reward.judge(Inputs.completion("72", Map.of("answer", "blue"))).reward()).isNaN();
    assertThat(composite().judge(Inputs.completion("72", Map.of())).reward()).isNaN();
  }

  @Test
  void aRewardThatFailsIsAnErrorAndNeverEndsTheRun() {
    CompositeReward reward =
        composite(
            spec("broken", Broken.class.getName(), 1), spec("shout", Shouting.class.getName(), 1));
    CompositeJudgement judgement = reward.judge(Inputs.completion("yes!", Map.of()));
    assertThat(judgement.reward()).isEqualTo(1);
    assertThat(judgement.judgements().get("broken"))
        .returns(Verdict.ERROR, Judgement::verdict)
        .returns("the reward threw IllegalStateException: two lines", Judgement::reason);
  }

  @Test
  void twoRewardsOfOneNameAreRefused() {
    assertThatThrownBy(() -> composite(spec("a", "final_number", 1), spec("a", "final_number", 1)))
        .hasMessageContaining("two rewards are named 'a'");
    assertThatThrownBy(() -> spec("a", "final_number", Double.NaN)).hasMessageContaining("finite");
  }

  @Test
  void aReferenceColumnThatTheDataLacksIsFoundBeforeWork() {
    CompositeReward reward = composite(spec("accuracy", "final_number", 1, "reference", "anser"));
    assertThatThrownBy(() -> reward.requireColumns(Map.of("answer", "3")))
        .isInstanceOf(InvalidReward.class)
        .hasMessageContaining("'accuracy'")
        .hasMessageContaining("'anser'")
        .hasMessageContaining("did you mean 'answer'");
    assertThat(reward.referenceColumns()).containsEntry("accuracy", "anser");
  }
}
