package dev.hone.rewards.math;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Generated expressions, rewritten so that they stay what they were, and so that they do not. What
 * they are is computed here, in doubles at a few points, and not by the verifier.
 */
class MathPropertiesTest {

  private static final double[][] POINTS = {{0.7, 1.9}, {2.3, 0.4}, {1.1, 3.7}};

  private final MathVerifier strict = new MathVerifier(Mode.STRICT);
  private final MathVerifier lenient = new MathVerifier(Mode.LENIENT);

  /** A formula with its value, written in LaTeX or in plain text. */
  sealed interface Formula {

    double at(double x, double y);

    String latex();

    String plain();

    record Whole(int value) implements Formula {
      @Override
      public double at(double x, double y) {
        return value;
      }

      @Override
      public String latex() {
        return value < 0 ? "(" + value + ")" : "" + value;
      }

      @Override
      public String plain() {
        return latex();
      }
    }

    record Variable(String name) implements Formula {
      @Override
      public double at(double x, double y) {
        return name.equals("x") ? x : y;
      }

      @Override
      public String latex() {
        return name;
      }

      @Override
      public String plain() {
        return name;
      }
    }

    record Binary(char operator, Formula left, Formula right) implements Formula {
      @Override
      public double at(double x, double y) {
        double a = left.at(x, y);
        double b = right.at(x, y);
        return switch (operator) {
          case '+' -> a + b;
          case '-' -> a - b;
          case '*' -> a * b;
          default -> a / b;
        };
      }

      @Override
      public String latex() {
        return switch (operator) {
          case '*' ->
              "\\left(" + left.latex() + "\\right) \\cdot \\left(" + right.latex() + "\\right)";
          case '/' -> "\\frac{" + left.latex() + "}{" + right.latex() + "}";
          default -> "(" + left.latex() + ") " + operator + " (" + right.latex() + ")";
        };
      }

      @Override
      public String plain() {
        return "((" + left.plain() + ")" + operator + "(" + right.plain() + "))";
      }
    }

    record Square(Formula base) implements Formula {
      @Override
      public double at(double x, double y) {
        return base.at(x, y) * base.at(x, y);
      }

      @Override
      public String latex() {
        return "\\left(" + base.latex() + "\\right)^{2}";
      }

      @Override
      public String plain() {
        return "(" + base.plain() + ")²";
      }
    }

    /** √(base² + 1), which is real everywhere. */
    record Root(Formula base) implements Formula {
      @Override
      public double at(double x, double y) {
        return Math.sqrt(base.at(x, y) * base.at(x, y) + 1);
      }

      @Override
      public String latex() {
        return "\\sqrt{(" + base.latex() + ")^2+1}";
      }

      @Override
      public String plain() {
        return "sqrt((" + base.plain() + ")^2+1)";
      }
    }

    record Sine(Formula angle) implements Formula {
      @Override
      public double at(double x, double y) {
        return Math.sin(angle.at(x, y));
      }

      @Override
      public String latex() {
        return "\\sin\\left(" + angle.latex() + "\\right)";
      }

      @Override
      public String plain() {
        return "sin(" + angle.plain() + ")";
      }
    }
  }

  /** Ways to write the same thing otherwise. */
  enum Rewriting {
    COMMUTE,
    DISTRIBUTE,
    EXPAND_THE_FRACTION,
    SUBTRACT_FROM_BOTH,
    SQUARE_AS_PRODUCT
  }

  @Provide
  Arbitrary<Formula> formulas() {
    Arbitrary<Formula> leaves =
        Arbitraries.oneOf(
            Arbitraries.integers().between(1, 9).map(Formula.Whole::new),
            Arbitraries.of("x", "y").map(Formula.Variable::new));
    return Arbitraries.recursive(() -> leaves, this::grown, 1, 3);
  }

  private Arbitrary<Formula> grown(Arbitrary<Formula> inner) {
    return Arbitraries.oneOf(
        Combinators.combine(Arbitraries.of('+', '-', '*', '/'), inner, inner)
            .as(Formula.Binary::new),
        inner.map(Formula.Square::new),
        inner.map(Formula.Root::new),
        inner.map(Formula.Sine::new));
  }

  @Property(tries = 400)
  void aFormulaIsItselfInPlainTextAndInLatex(@ForAll("formulas") Formula formula) {
    assumeFinite(formula);

    assertThat(judged(formula.plain(), formula.latex())).isTrue();
    assertThat(judged(formula.latex(), formula.plain())).isTrue();
  }

  @Property(tries = 600)
  void aRewrittenFormulaIsStillTheSame(
      @ForAll("formulas") Formula formula, @ForAll Rewriting rewriting) {
    assumeFinite(formula);
    Formula rewritten = rewritten(formula, rewriting);
    assumeFinite(rewritten);

    // Lenient: where the formula is a number, the rewriting leaves arithmetic to do.
    assertThat(lenient.verify("\\boxed{" + rewritten.latex() + "}", formula.latex()).score())
        .as("%s for %s", rewritten.latex(), formula.latex())
        .isEqualTo(1);
  }

  @Property(tries = 600)
  void aFormulaWithAnotherValueIsRefused(
      @ForAll("formulas") Formula formula, @ForAll("formulas") Formula other) {
    assumeFinite(formula);
    assumeFinite(other);
    boolean differs = false;
    for (double[] p : POINTS) {
      double a = formula.at(p[0], p[1]);
      double b = other.at(p[0], p[1]);
      differs |= Math.abs(a - b) > 1e-6 * Math.max(Math.abs(a), Math.abs(b));
    }
    Assume.that(differs);

    assertThat(judged(other.latex(), formula.latex()))
        .as("%s for %s", other.latex(), formula.latex())
        .isFalse();
  }

  @Property(tries = 400)
  void aSmallChangeIsSeen(@ForAll("formulas") Formula formula, @ForAll("formulas") Formula change) {
    assumeFinite(formula);
    assumeFinite(change);
    Formula changed =
        new Formula.Binary(
            '+',
            formula,
            new Formula.Binary('/', new Formula.Square(change), new Formula.Whole(9_999)));
    Assume.that(Math.abs(change.at(POINTS[0][0], POINTS[0][1])) > 1e-3);

    assertThat(judged(changed.latex(), formula.latex())).isFalse();
  }

  @Property(tries = 300)
  void listsAndSetsAreEqualInAnyOrderAndTuplesAreNot(
      @ForAll("formulas") Formula one, @ForAll("formulas") Formula two) {
    assumeFinite(one);
    assumeFinite(two);
    double[] p = POINTS[0];
    Assume.that(Math.abs(one.at(p[0], p[1]) - two.at(p[0], p[1])) > 1e-6);
    String there = one.latex() + ", " + two.latex();
    String back = two.plain() + ", " + one.plain();

    assertThat(judged("\\{" + back + "\\}", "\\{" + there + "\\}")).isTrue();
    assertThat(judged(back, there)).isTrue();
    assertThat(judged("(" + back + ")", "(" + there + ")")).isFalse();
  }

  private boolean judged(String answer, String reference) {
    return strict.verify("Thus $\\boxed{" + answer + "}$.", reference).score() == 1;
  }

  private static void assumeFinite(Formula formula) {
    for (double[] p : POINTS) {
      double value = formula.at(p[0], p[1]);
      Assume.that(Double.isFinite(value) && Math.abs(value) < 1e9);
    }
    // A division by something that is zero everywhere shows as infinity, or as rounding.
    Assume.that(List.of(formula).stream().noneMatch(MathPropertiesTest::dividesByNothing));
  }

  private static boolean dividesByNothing(Formula formula) {
    if (formula instanceof Formula.Binary binary) {
      double[] p = POINTS[1];
      return dividesByNothing(binary.left())
          || dividesByNothing(binary.right())
          || (binary.operator() == '/' && Math.abs(binary.right().at(p[0], p[1])) < 1e-9);
    }
    if (formula instanceof Formula.Square square) {
      return dividesByNothing(square.base());
    }
    if (formula instanceof Formula.Root root) {
      return dividesByNothing(root.base());
    }
    return formula instanceof Formula.Sine sine && dividesByNothing(sine.angle());
  }

  private static Formula rewritten(Formula formula, Rewriting rewriting) {
    Formula two = new Formula.Whole(2);
    Formula x = new Formula.Variable("x");
    return switch (rewriting) {
      case COMMUTE ->
          formula instanceof Formula.Binary b && (b.operator() == '+' || b.operator() == '*')
              ? new Formula.Binary(b.operator(), b.right(), b.left())
              : formula;
      case DISTRIBUTE ->
          formula instanceof Formula.Binary b
                  && b.operator() == '*'
                  && b.left() instanceof Formula.Binary inner
                  && (inner.operator() == '+' || inner.operator() == '-')
              ? new Formula.Binary(
                  inner.operator(),
                  new Formula.Binary('*', inner.left(), b.right()),
                  new Formula.Binary('*', inner.right(), b.right()))
              : new Formula.Binary('/', new Formula.Binary('+', formula, formula), two);
      case EXPAND_THE_FRACTION ->
          new Formula.Binary(
              '/', new Formula.Binary('*', formula, new Formula.Square(x)), new Formula.Square(x));
      case SUBTRACT_FROM_BOTH ->
          new Formula.Binary(
              '-', new Formula.Binary('+', formula, new Formula.Root(x)), new Formula.Root(x));
      case SQUARE_AS_PRODUCT ->
          formula instanceof Formula.Square square
              ? new Formula.Binary('*', square.base(), square.base())
              : new Formula.Binary('-', formula, new Formula.Binary('-', x, x));
    };
  }
}
