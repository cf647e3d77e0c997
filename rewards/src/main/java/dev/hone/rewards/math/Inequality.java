package dev.hone.rewards.math;

import dev.hone.rewards.math.Expr.RelationOperator;
import java.math.BigDecimal;
import java.util.List;

/**
 * Solves an inequality in one variable that is linear, or linear within an absolute value. What
 * takes more work to solve is the question, and not its answer.
 */
final class Inequality {

  private Inequality() {}

  /** The solutions of {@code left operator right}, or null where it is not of this kind. */
  static RealSet solve(
      Expr left, RelationOperator operator, Expr right, String variable, Equivalence equivalence) {
    if (!operator.isInequality() && operator != RelationOperator.NOT_EQUAL) {
      return null;
    }
    if (isAbsolute(right) && !isAbsolute(left)) {
      return solve(right, operator.mirrored(), left, variable, equivalence);
    }
    if (left instanceof Expr.Call call
        && call.function() == Function.ABS
        && !Variables.of(right).contains(variable)
        && operator != RelationOperator.NOT_EQUAL) {
      return absolute(call.arguments().get(0), operator, right, variable, equivalence);
    }
    if (Brackets.isInfinite(right) || Brackets.isInfinite(left)) {
      Expr bound = Brackets.isInfinite(right) ? right : left;
      Expr other = bound == right ? left : right;
      if (!(other instanceof Expr.Symbol)) {
        return null;
      }
      RelationOperator seen = bound == right ? operator : operator.mirrored();
      return seen.isInequality()
          ? RealSet.ray(bound, seen.pointsLeft(), !seen.isStrict(), equivalence)
          : null;
    }
    return linear(
        new Expr.Sum(List.of(left, new Expr.Negation(right))), operator, variable, equivalence);
  }

  private static boolean isAbsolute(Expr expression) {
    return expression instanceof Expr.Call call && call.function() == Function.ABS;
  }

  /** {@code ax + b operator 0}. */
  private static RealSet linear(
      Expr difference, RelationOperator operator, String variable, Equivalence equivalence) {
    Expr atZero = Variables.substitute(difference, variable, Expr.Number.of(0));
    Expr atOne = Variables.substitute(difference, variable, Expr.Number.of(1));
    Expr slope = new Expr.Sum(List.of(atOne, new Expr.Negation(atZero)));
    Expr line =
        new Expr.Sum(List.of(new Expr.Product(List.of(slope, new Expr.Symbol(variable))), atZero));
    BigDecimal steepness = equivalence.decimal(slope, 30);
    if (steepness == null || steepness.signum() == 0 || !equivalence.equal(line, difference)) {
      return null;
    }
    Expr root = new Expr.Quotient(new Expr.Negation(atZero), slope);
    if (operator == RelationOperator.NOT_EQUAL) {
      return RealSet.allBut(root, equivalence);
    }
    boolean left = operator.pointsLeft() == steepness.signum() > 0;
    return RealSet.ray(root, left, !operator.isStrict(), equivalence);
  }

  private static RealSet absolute(
      Expr inner, RelationOperator operator, Expr bound, String variable, Equivalence equivalence) {
    BigDecimal size = equivalence.decimal(bound, 30);
    if (size == null || size.signum() < 0) {
      return null;
    }
    RealSet above = linear(minus(inner, bound), operator, variable, equivalence);
    RealSet below =
        linear(minus(inner, new Expr.Negation(bound)), operator.mirrored(), variable, equivalence);
    if (above == null || below == null) {
      return null;
    }
    return operator.pointsLeft() ? above.intersection(below) : above.union(below);
  }

  private static Expr minus(Expr left, Expr right) {
    return new Expr.Sum(List.of(left, new Expr.Negation(right)));
  }
}
