package dev.hone.rewards.math;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.rewards.Judgement;
import dev.hone.rewards.Verdict;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random and mutated answers: none throws, and each gets a judgement with a reason. */
class MathFuzzTest {

  private static final String[] PIECES = {
    "\\frac",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\\sqrt",
    "^",
    "_",
    "\\boxed{",
    "9^{9^{9",
    "!",
    "\\left",
    "\\right",
    "|",
    "\\{",
    "\\}",
    ",",
    "=",
    "<",
    "\\le",
    "\\cup",
    "\\infty",
    "\\pi",
    "e",
    "i",
    "x",
    "y",
    "\\sin",
    "\\log",
    "\\begin{pmatrix}",
    "\\end{pmatrix}",
    "&",
    "\\\\",
    "\\text{",
    "or",
    "and",
    "$",
    "%",
    "°",
    "½",
    "²",
    "10^{100}",
    "0.",
    "...",
    "1e400",
    "/",
    "*",
    "+",
    "-",
    "\\pm",
    "~",
    "\u00a0",
    "7",
    "13",
    "2^{100000}",
    "\\binom",
    "tan",
    "\\ln",
    "arcsin",
    "\\overline{3}",
    "\\dot{3}",
    ":",
    ";",
    "'",
    "####",
    "the answer is ",
    "<answer>",
    "</answer>",
    "<think>",
    "</think>",
    "\\sum",
    "cm",
    "$5",
    "x>3",
    "\\in",
    "\\mid",
    "\\mathbb{R}",
    "\\color{",
    "\u0305",
    "\ud835\udfd5",
    "\u0000",
    "\\",
    "\\begin{",
    "₃",
    "\\not",
    "not ",
    "million"
  };

  private final List<MathCase> cases =
      MathCases.byCategory().values().stream().flatMap(List::stream).toList();
  private final MathVerifier strict = new MathVerifier(Mode.STRICT);
  private final MathVerifier lenient = new MathVerifier(Mode.LENIENT);

  @Test
  void thirtyThousandAnswersAreJudgedWithoutAnException() {
    judge(30_000, 1);
  }

  @Test
  @Tag("slow")
  void aMillionAnswersAreJudgedWithoutAnException() {
    judge(1_000_000, 2);
  }

  private void judge(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int correct = 0;
    for (int i = 0; i < count; i++) {
      MathCase base = cases.get(random.nextInt(cases.size()));
      String response = random.nextInt(4) == 0 ? pieces(random) : mutated(base.response(), random);
      String reference =
          random.nextInt(5) == 0
              ? response.substring(0, Math.min(40, response.length()))
              : base.reference();
      MathVerifier verifier = random.nextBoolean() ? strict : lenient;
      Judgement judgement;
      try {
        judgement = verifier.verify(response, reference);
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError("response " + response + "\nreference " + reference, e);
      }
      assertThat(judgement.reason()).isNotBlank();
      correct += judgement.verdict() == Verdict.CORRECT ? 1 : 0;
    }
    // Neither everything nor nothing: the texts are near enough to answers to exercise both ways.
    assertThat(correct).isBetween(count / 20, count / 2);
  }

  private static String pieces(SplittableRandom random) {
    StringBuilder text = new StringBuilder("\\boxed{");
    for (int i = random.nextInt(1, 30); i > 0; i--) {
      text.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return text.append('}').toString();
  }

  private String mutated(String base, SplittableRandom random) {
    StringBuilder text = new StringBuilder(base);
    for (int edits = random.nextInt(1, 8); edits > 0; edits--) {
      int at = text.isEmpty() ? 0 : random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 1 -> text.delete(at, Math.min(text.length(), at + 1));
        case 2 ->
            text.insert(
                at, text.substring(at, Math.min(text.length(), at + random.nextInt(1, 12))));
        default -> {
          String other = cases.get(random.nextInt(cases.size())).response();
          int from = other.isEmpty() ? 0 : random.nextInt(other.length());
          text.insert(
              at, other.substring(from, Math.min(other.length(), from + random.nextInt(1, 15))));
        }
      }
    }
    return text.toString();
  }
}
