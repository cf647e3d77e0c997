package dev.hone.rewards.math;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.rewards.Judgement;
import dev.hone.rewards.RewardFunction;
import dev.hone.rewards.RewardInput;
import dev.hone.rewards.RewardRegistry;
import dev.hone.rewards.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The verifier {@code math}, held against every judged answer; docs/math.md has the first runs. */
class MathJudgementTest {

  private static final Map<String, RewardFunction> VERIFIERS =
      Map.of("strict", verifier("strict"), "lenient", verifier("lenient"));

  private static RewardFunction verifier(String mode) {
    return RewardRegistry.standard().create("math", Map.of("mode", mode, "reference", "reference"));
  }

  static Stream<Arguments> categories() {
    return MathCases.byCategory().entrySet().stream()
        .map(category -> Arguments.of(category.getKey(), category.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("categories")
  void judgesAsTheExpertDoes(String category, List<MathCase> cases) {
    String wrong =
        cases.stream()
            .map(MathJudgementTest::misjudged)
            .flatMap(Optional::stream)
            .collect(Collectors.joining("\n"));

    assertThat(wrong).as("misjudged of the %d answers in %s", cases.size(), category).isEmpty();
  }

  /** How the verifier differs from the expert, for a person to read; empty where they agree. */
  private static Optional<String> misjudged(MathCase c) {
    Judgement judgement =
        VERIFIERS
            .get(c.mode())
            .judge(
                new RewardInput(
                    "", c.response(), 0, /* finished= */ true, Map.of("reference", c.reference())));
    boolean accepted = judgement.verdict() == Verdict.CORRECT;
    if (accepted == c.expected()) {
      return Optional.empty();
    }
    return Optional.of(
        """
        %s %s (%s)
          response   %s
          reference  %s
          expected   %s, since %s
          judgement  %s, extracted <%s>: %s\
        """
            .formatted(
                c.where(),
                accepted ? "FALSE POSITIVE" : "false negative",
                c.mode(),
                c.response().replace("\n", "\n             "),
                c.reference().replace("\n", "\n             "),
                c.expected() ? "right" : "wrong",
                c.why(),
                judgement.verdict(),
                judgement.extracted(),
                judgement.reason()));
  }
}
