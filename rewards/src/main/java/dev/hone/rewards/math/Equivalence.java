package dev.hone.rewards.math;

import ch.obermuhlner.math.big.BigComplex;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * Whether two expressions have the same value: by normal form where that decides, else by
 * evaluating both with many digits at points drawn from a fixed seed. The points include negative
 * ones, and there two real values must agree: {@code √(x²)} is not {@code x}.
 */
final class Equivalence {

  private static final int DIGITS = 45;
  private static final int MORE_DIGITS = 90;
  private static final int POINTS = 3;
  private static final long SEED = 0x484f4e45L;

  private enum Agreement {
    AGREE,
    DIFFER,
    /** One of them has no value at the point, or none that is real. */
    SILENT
  }

  private final Budget budget;

  Equivalence(Budget budget) {
    this.budget = budget;
  }

  /** Whether both have one value, and it is the same. */
  boolean equal(Expr left, Expr right) {
    if (left instanceof Expr.Number a && right instanceof Expr.Number b) {
      return a.value().equals(b.value());
    }
    try {
      NormalForm normalForm = new NormalForm(budget.part());
      if (normalForm.equal(left, right)) {
        return true;
      }
      if (!normalForm.opaque()) {
        return false;
      }
    } catch (Budget.Exceeded e) {
      // Too large to multiply out: numbers may still tell.
    } catch (Unreadable e) {
      return false;
    }
    try {
      return equalInNumbers(left, right);
    } catch (Budget.Exceeded | Unreadable | ArithmeticException e) {
      return false;
    }
  }

  /** The rational number that an expression is exactly, or null. */
  Rational rational(Expr expression) {
    if (expression instanceof Expr.Number number) {
      return number.value();
    }
    try {
      return new NormalForm(budget.part()).of(expression).constant();
    } catch (Unreadable | Budget.Exceeded e) {
      return null;
    }
  }

  /** The real number an expression without variables is, to so many digits, or null. */
  BigDecimal decimal(Expr expression, int digits) {
    Rational exact = rational(expression);
    if (exact != null) {
      return exact.decimal(new java.math.MathContext(digits));
    }
    try {
      Evaluation evaluation = new Evaluation(digits + 10, Map.of(), budget);
      BigComplex value = evaluation.of(expression);
      boolean real = value.im.signum() == 0 || evaluation.vanishes(BigComplex.valueOf(value.im));
      return real ? value.re.round(new java.math.MathContext(digits)) : null;
    } catch (Unreadable | Budget.Exceeded | ArithmeticException e) {
      return null;
    }
  }

  private boolean equalInNumbers(Expr left, Expr right) {
    Collection<String> names = new TreeSet<>();
    Variables.collect(left, names);
    Variables.collect(right, names);
    boolean whole = Variables.needWholeNumbers(left) || Variables.needWholeNumbers(right);
    int agreeing = 0;
    // Positive points first: there roots and logarithms are real.
    for (int point = 0; point < 3 * POINTS && agreeing < POINTS; point++) {
      boolean negative = point >= POINTS && !whole;
      Map<String, BigDecimal> values = point(names, point, negative, whole);
      Agreement agrees = agree(left, right, values, negative);
      if (agrees == Agreement.DIFFER) {
        return false;
      }
      agreeing += agrees == Agreement.AGREE ? 1 : 0;
      if (names.isEmpty()) {
        return agreeing > 0;
      }
    }
    if (agreeing > 0 && !whole) {
      return agree(left, right, point(names, 99, true, false), true) != Agreement.DIFFER;
    }
    return agreeing > 0;
  }

  private Agreement agree(Expr left, Expr right, Map<String, BigDecimal> point, boolean realOnly) {
    try {
      for (int digits : List.of(DIGITS, MORE_DIGITS)) {
        Evaluation evaluation = new Evaluation(digits, point, budget);
        BigComplex a = evaluation.of(left);
        BigComplex b = evaluation.of(right);
        if (realOnly && !(a.im.signum() == 0 && b.im.signum() == 0)) {
          // ln|x| goes on where ln x ends; that is why the bars are there.
          boolean one = a.im.signum() == 0 || b.im.signum() == 0;
          boolean bars =
              Variables.hasCall(Function.ABS, left) != Variables.hasCall(Function.ABS, right);
          return one && bars ? Agreement.DIFFER : Agreement.SILENT;
        }
        BigComplex difference = a.subtract(b);
        BigDecimal size = Evaluation.size(a).max(Evaluation.size(b)).max(evaluation.scale());
        BigDecimal noise = size.scaleByPowerOfTen(15 - digits);
        if (Evaluation.size(difference).compareTo(noise) > 0) {
          return Agreement.DIFFER;
        }
      }
      return Agreement.AGREE;
    } catch (Unreadable e) {
      if (point.isEmpty()) {
        throw e;
      }
      return Agreement.SILENT;
    }
  }

  private static Map<String, BigDecimal> point(
      Collection<String> names, int index, boolean negative, boolean whole) {
    Map<String, BigDecimal> values = new HashMap<>();
    int drawn = 0;
    for (String name : names) {
      SplittableRandom random = new SplittableRandom(SEED + 7_919L * index + 104_729L * drawn++);
      BigDecimal value =
          whole
              ? BigDecimal.valueOf(random.nextInt(2, 15))
              : BigDecimal.valueOf(random.nextLong(200_000_000_000L, 3_000_000_000_000L), 12);
      boolean flipped = negative && (index == 99 || random.nextBoolean() || names.size() == 1);
      values.put(name, flipped ? value.negate() : value);
    }
    return values;
  }
}
