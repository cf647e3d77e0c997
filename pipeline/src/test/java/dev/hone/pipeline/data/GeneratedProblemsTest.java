package dev.hone.pipeline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hone.policy.InvalidInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedProblemsTest {

  private static final String CHARACTERS = "0123456789+-*/().=#,>;:r ";

  private static void assertPartsAreSound(Function<ProblemSplit, List<GeneratedProblem>> parts) {
    Set<String> seen = new HashSet<>();
    for (ProblemSplit split : ProblemSplit.values()) {
      for (GeneratedProblem problem : parts.apply(split)) {
        assertThat(seen.add(problem.expression())).as(problem.expression()).isTrue();
        assertThat(Expression.parse(problem.expression()).orElseThrow().value())
            .contains(problem.answer());
        assertThat(problem.answer()).isBetween(0L, 99_999L);
        assertThat(problem.worked()).hasSizeLessThanOrEqualTo(36).endsWith("#" + problem.answer());
        assertThat((problem.expression() + "=" + problem.worked()).chars())
            .allMatch(c -> CHARACTERS.indexOf(c) >= 0);
      }
    }
  }

  @Test
  void noArithmeticProblemIsInTwoParts() {
    assertPartsAreSound(ArithmeticProblems::of);
    assertThat(ArithmeticProblems.of(ProblemSplit.TEST)).hasSizeGreaterThan(900);
    assertThat(ArithmeticProblems.of(ProblemSplit.SFT)).hasSizeGreaterThan(12_000);
    assertThat(ArithmeticProblems.of(ProblemSplit.RL)).hasSizeGreaterThan(5000);
  }

  @Test
  void noStepOfGsm8kIsInTwoParts() {
    Path file = Path.of(System.getProperty("hone.shared"), "data/gsm8k/train.jsonl");
    assumeTrue(
        Files.exists(file),
        "skipped: the fixtures are not at " + file + "; set -Dhone.shared to their folder");
    Gsm8kSteps steps = Gsm8kSteps.read(Optional.of(file));
    assertPartsAreSound(steps::of);
    assertThat(steps.of(ProblemSplit.TEST)).hasSizeGreaterThan(600);
    assertThat(steps.of(ProblemSplit.RL)).hasSizeGreaterThan(2500);
    assertThat(steps.of(ProblemSplit.SFT)).hasSizeGreaterThan(12_000);
    assertThat(Gsm8kSteps.read(Optional.of(file.getParent())).of(ProblemSplit.TEST))
        .isEqualTo(steps.of(ProblemSplit.TEST));
  }

  @Test
  void withoutGsm8kTheMessageSaysWhatToFetch(@TempDir Path folder) throws Exception {
    assertThatThrownBy(() -> Gsm8kSteps.read(Optional.empty()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("grade_school_math/data/train.jsonl")
        .hasMessageContaining("openai/grade-school-math");
    assertThatThrownBy(() -> Gsm8kSteps.read(Optional.of(folder.resolve("absent.jsonl"))))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("absent.jsonl")
        .hasMessageContaining("openai/grade-school-math");
    Path other =
        Files.writeString(folder.resolve("other.jsonl"), "{\"question\":\"a\",\"answer\":\"b\"}\n");
    assertThatThrownBy(() -> Gsm8kSteps.read(Optional.of(other)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("<<48/2=24>>");
  }
}
