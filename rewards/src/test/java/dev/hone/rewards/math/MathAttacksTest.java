package dev.hone.rewards.math;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.rewards.Judgement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts made to hang, to flood or to fool: each ends, and none is paid. */
class MathAttacksTest {

  /** A guard against hanging for ever, far above the milliseconds that each takes. */
  private static final Duration HANG = Duration.ofSeconds(20);

  private final MathVerifier strict = new MathVerifier(Mode.STRICT);
  private final MathVerifier lenient = new MathVerifier(Mode.LENIENT);

  static Map<String, String> attacks() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("a tower of powers", box("9^{9^{9^{9^{9}}}}"));
    texts.put("a huge factorial", box("(10^9)!"));
    texts.put("factorials of factorials", box("((99!)!)!"));
    texts.put("factorial signs", box("7" + "!".repeat(3_000)));
    texts.put("deep parentheses", box("(".repeat(1_900) + "7" + ")".repeat(1_900)));
    texts.put("deep braces", box("{".repeat(100_000) + "7" + "}".repeat(100_000)));
    texts.put("boxes that never close", "\\boxed{".repeat(200_000));
    texts.put("a hundred thousand boxes", "\\boxed{8} ".repeat(100_000) + "\\boxed{7}");
    texts.put("one sign after another", box("-".repeat(3_001) + "7"));
    texts.put("a chain of carets", box("7" + "^2".repeat(1_500)));
    texts.put("sines within sines", box("\\sin(".repeat(39) + "1" + ")".repeat(39)));
    texts.put("hundreds of sines", box("\\sin(1)+".repeat(300) + "7"));
    texts.put("hundreds of arctangents", box("\\arctan(1/2)+".repeat(200) + "1"));
    texts.put("products of large powers", box("9^{6000}\\cdot ".repeat(250) + "7"));
    texts.put("a polynomial of millions of terms", box("(a+b+c+d+f+g+h)^{40}"));
    texts.put("powers of powers of sums", box("(((x+1)^{20}+1)^{20}+1)^{20}"));
    texts.put("an exponential of exponentials", box("e^{e^{e^{e^{9}}}}"));
    texts.put("the sine of a huge number", box("\\sin(10^{1000})"));
    texts.put("a root of huge index", box("\\sqrt[99999999]{2}"));
    texts.put("a radicand that is hard to factor", box("\\sqrt{" + "1000003".repeat(300) + "}"));
    texts.put("a union of hundreds", box("(1,2)\\cup".repeat(200) + "(3,4)"));
    texts.put("a division by zero times zero", box("7+0\\cdot(1/0)"));
    texts.put("a list of all numbers", box("1,2,3,4,5,6,7,8,9,10"));
    texts.put("megabytes and no answer", "x ".repeat(3_000_000));
    texts.put("a gap of spaces between boxes", "\\boxed{7}" + " ".repeat(150) + "z\\boxed{8}");
    texts.put("a thought that never ends", "<think>" + box("7"));
    return texts;
  }

  private static String box(String answer) {
    return "\\boxed{" + answer + "}";
  }

  @ParameterizedTest
  @MethodSource("names")
  void endAndAreNotPaid(String name) {
    String text = attacks().get(name);

    Judgement judgement =
        Assertions.assertTimeoutPreemptively(HANG, () -> strict.verify(text, "7"));

    if (name.equals("a hundred thousand boxes")) {
      // Boxes side by side are one answer in parts.
      assertThat(judgement.extracted()).contains("8");
    }
    assertThat(judgement.score()).isZero();
    assertThat(judgement.reason()).hasSizeLessThan(400);
  }

  static Iterable<String> names() {
    return attacks().keySet();
  }

  @ParameterizedTest
  @MethodSource("names")
  void endInLenientModeToo(String name) {
    String text = attacks().get(name);

    Judgement judgement =
        Assertions.assertTimeoutPreemptively(HANG, () -> lenient.verify(text, "\\frac{355}{113}"));

    assertThat(judgement.score()).isZero();
  }

  @Test
  void anAnswerBehindMegabytesOfGarbageIsStillRead() {
    assertThat(strict.verify("x ".repeat(3_000_000) + box("7"), "7").score()).isEqualTo(1);
  }

  @Test
  void hugeNumbersAreComparedWithoutWritingThemOut() {
    assertThat(strict.verify(box("3^{10^{12}}\\cdot 3"), "3^{10^{12}+1}").score()).isEqualTo(1);
    assertThat(strict.verify(box("3^{10^{12}}"), "3^{10^{12}+1}").score()).isZero();
    assertThat(strict.verify(box("(10^9)!"), "(10^9)!").score()).isEqualTo(1);
  }

  @Test
  void lettersOfOtherScriptsAreNotTheLettersTheyLookLike() {
    // Cyrillic x, and a digit of another script.
    assertThat(strict.verify(box("\u0445+1"), "x+1").score()).isZero();
    assertThat(strict.verify(box("\u0667"), "7").score()).isZero();
  }
}
