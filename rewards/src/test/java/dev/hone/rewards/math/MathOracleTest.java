package dev.hone.rewards.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.matheclipse.core.eval.ExprEvaluator;
import org.matheclipse.core.interfaces.IExpr;

/**
 * Closed forms with radicals, logarithms, angles and complex numbers, judged by Symja, a computer
 * algebra system: what it simplifies to zero must be accepted, what it evaluates to something else
 * must be refused.
 */
@Tag("slow")
class MathOracleTest {

  private static final int PAIRS = 1_500;

  private final MathVerifier verifier = new MathVerifier(Mode.LENIENT);
  private final ExprEvaluator symja = new ExprEvaluator(false, (short) 10);
  private final SplittableRandom random = new SplittableRandom(3);

  /** A closed form in LaTeX and in Symja's own language. */
  private record Form(String latex, String symja) {}

  @Test
  void symjaAndTheVerifierAgree() {
    int equal = 0;
    int unequal = 0;
    for (int i = 0; i < PAIRS; i++) {
      Form form = form(3);
      Form other = random.nextBoolean() ? rewritten(form) : form(2);
      Boolean same = judgedBySymja(form, other);
      if (same == null) {
        continue;
      }
      boolean judged = verifier.verify("\\boxed{" + other.latex() + "}", form.latex()).score() == 1;
      assertThat(judged)
          .as("%s against %s, Symja says %s", other.latex(), form.latex(), same)
          .isEqualTo(same);
      equal += same ? 1 : 0;
      unequal += same ? 0 : 1;
    }
    assertThat(List.of(equal, unequal)).allMatch(count -> count > PAIRS / 10);
  }

  /** Null where Symja does not know, or where one of them has no value. */
  private Boolean judgedBySymja(Form one, Form other) {
    try {
      String difference = "(" + one.symja() + ")-(" + other.symja() + ")";
      IExpr number = symja.eval("N(Abs(" + difference + "))");
      double size = number.evalf();
      if (!Double.isFinite(size)) {
        return null;
      }
      if (size > 1e-9) {
        return false;
      }
      return symja.eval("Simplify(" + difference + ")").isZero() ? true : null;
    } catch (RuntimeException e) {
      return null;
    }
  }

  private Form form(int depth) {
    if (depth == 0 || random.nextInt(4) == 0) {
      return leaf();
    }
    Form a = form(depth - 1);
    Form b = form(depth - 1);
    return switch (random.nextInt(5)) {
      case 0 ->
          new Form(
              "(" + a.latex() + "+" + b.latex() + ")", "(" + a.symja() + "+" + b.symja() + ")");
      case 1 ->
          new Form(
              "(" + a.latex() + "-" + b.latex() + ")", "(" + a.symja() + "-" + b.symja() + ")");
      case 2 ->
          new Form(a.latex() + "\\cdot " + b.latex(), "(" + a.symja() + "*" + b.symja() + ")");
      case 3 ->
          new Form(
              "\\frac{" + a.latex() + "}{" + b.latex() + "}",
              "((" + a.symja() + ")/(" + b.symja() + "))");
      default -> new Form("{\\left(" + a.latex() + "\\right)}^2", "(" + a.symja() + ")^2");
    };
  }

  private Form leaf() {
    int n = random.nextInt(2, 13);
    int k = random.nextInt(1, 12);
    return switch (random.nextInt(8)) {
      case 0 -> new Form("" + n, "" + n);
      case 1 -> new Form("\\sqrt{" + n + "}", "Sqrt(" + n + ")");
      case 2 -> new Form("\\sqrt[3]{" + n + "}", "(" + n + ")^(1/3)");
      case 3 -> new Form("\\pi", "Pi");
      case 4 -> new Form("\\ln " + n, "Log(" + n + ")");
      case 5 -> new Form("\\cos\\frac{" + k + "\\pi}{12}", "Cos(" + k + "*Pi/12)");
      case 6 -> new Form("\\log_{" + n + "}(" + (k + 1) + ")", "Log(" + n + "," + (k + 1) + ")");
      default -> new Form("(" + n + "+" + k + "i)", "(" + n + "+" + k + "*I)");
    };
  }

  private Form rewritten(Form form) {
    int n = random.nextInt(2, 9);
    return switch (random.nextInt(4)) {
      case 0 ->
          new Form(
              "\\frac{\\sqrt{" + n + "}\\cdot " + form.latex() + "}{\\sqrt{" + n + "}}",
              form.symja());
      case 1 ->
          new Form(
              form.latex() + "\\cdot (\\sin^2 " + n + "+\\cos^2 " + n + ")",
              "(" + form.symja() + ")*(Sin(" + n + ")^2+Cos(" + n + ")^2)");
      case 2 -> new Form(form.latex() + "+\\ln(" + 2 * n + ")-\\ln 2-\\ln " + n, form.symja());
      default -> new Form("-i\\cdot i\\cdot " + form.latex(), "-I*I*(" + form.symja() + ")");
    };
  }
}
