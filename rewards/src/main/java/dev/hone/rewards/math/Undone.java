package dev.hone.rewards.math;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Arithmetic that an answer leaves to do where the reference is a number: {@code 17·24} restates a
 * question, and does not answer it, nor does the greatest of a list or what cancels at a glance.
 * Powers, roots and other functions may stand, also in sums and products: {@code 2^{10} - 1}.
 */
final class Undone {

  /** Functions of a list, which could be the list of the question or one of guesses. */
  private static final Set<Function> CHOOSES =
      EnumSet.of(Function.MAX, Function.MIN, Function.GCD, Function.LCM);

  private Undone() {}

  /** Whether a reference is a number and the answer leaves written numbers to add or multiply. */
  static boolean isLeftTo(Expr answer, Expr reference) {
    Expr number = reference instanceof Expr.Quantity quantity ? quantity.value() : reference;
    return isWrittenOut(number) && isIn(answer);
  }

  /** A number written out, or a fraction of two such. */
  static boolean isWrittenOut(Expr expression) {
    if (expression instanceof Expr.Negation negation) {
      return isWrittenOut(negation.operand());
    }
    if (expression instanceof Expr.Quotient quotient) {
      return isWrittenOut(quotient.numerator()) && isWrittenOut(quotient.denominator());
    }
    return expression instanceof Expr.Number || expression instanceof Expr.Based;
  }

  /** A number written out, perhaps with a unit: 25 %. */
  private static boolean isNumber(Expr factor) {
    return isWrittenOut(factor instanceof Expr.Quantity quantity ? quantity.value() : factor);
  }

  /** {@code $4 + $7}; "2 hours 30 minutes" is one quantity. */
  static boolean isSumInOneUnit(Expr expression) {
    return expression instanceof Expr.Sum sum
        && sum.terms().stream().allMatch(Undone::isQuantity)
        && sum.terms().stream().map(Undone::unit).distinct().count() == 1;
  }

  private static boolean isQuantity(Expr term) {
    return term instanceof Expr.Quantity
        || term instanceof Expr.Negation negation && negation.operand() instanceof Expr.Quantity;
  }

  private static Unit unit(Expr term) {
    return term instanceof Expr.Negation negation
        ? ((Expr.Quantity) negation.operand()).unit()
        : ((Expr.Quantity) term).unit();
  }

  private static boolean isIn(Expr expression) {
    if (expression instanceof Expr.Sum sum) {
      return sum.terms().stream().filter(Undone::isWrittenOut).count() > 1
          || sum.terms().stream().anyMatch(term -> cancels(term, sum))
          || sum.terms().stream().anyMatch(Undone::isIn);
    }
    if (expression instanceof Expr.Product product) {
      boolean power = product.factors().stream().anyMatch(Expr.Power.class::isInstance);
      return !power && product.factors().stream().filter(Undone::isNumber).count() > 1
          || product.factors().stream().anyMatch(Undone::isIn);
    }
    if (expression instanceof Expr.Quotient quotient) {
      return isIn(quotient.numerator())
          || isIn(quotient.denominator())
          || factors(quotient.numerator()).stream()
              .anyMatch(factors(quotient.denominator())::contains);
    }
    if (expression instanceof Expr.Negation negation) {
      return isIn(negation.operand());
    }
    if (expression instanceof Expr.Power power) {
      return isIn(power.base()) || isIn(power.exponent());
    }
    if (expression instanceof Expr.Quantity quantity) {
      return isIn(quantity.value());
    }
    return expression instanceof Expr.Call call && CHOOSES.contains(call.function());
  }

  private static boolean cancels(Expr term, Expr.Sum sum) {
    return sum.terms().contains(new Expr.Negation(term));
  }

  private static List<Expr> factors(Expr expression) {
    return expression instanceof Expr.Product product ? product.factors() : List.of(expression);
  }
}
