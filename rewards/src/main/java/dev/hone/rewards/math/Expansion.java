package dev.hone.rewards.math;

import java.util.ArrayList;
import java.util.List;

/** Writes out what notation abbreviates: both values of a ±, the elements of 2·(a b; c d). */
final class Expansion {

  private Expansion() {}

  /** The expression with a sign ± as a list of two, and a multiple of a matrix as a matrix. */
  static Expr of(Expr expression, Equivalence equivalence) {
    if (hasPlusMinus(expression)) {
      return new Expr.Sequence(
          Expr.Bracket.NONE,
          List.of(
              folded(signed(expression, true), equivalence),
              folded(signed(expression, false), equivalence)));
    }
    if (expression instanceof Expr.SetOperation operation) {
      Expr set = finiteSet(operation, equivalence);
      return set == null ? expression : set;
    }
    if (expression instanceof Expr.Product named
        && named.factors().size() == 2
        && named.factors().get(0) instanceof Expr.Symbol name
        && Character.isUpperCase(name.name().charAt(0))
        && named.factors().get(1) instanceof Expr.Sequence point
        && point.bracket() == Expr.Bracket.ROUND) {
      // P(3, 7) is the point (3, 7).
      return point;
    }
    Expr multiple = multiple(expression, equivalence);
    return multiple == null ? expression : multiple;
  }

  private static Expr folded(Expr expression, Equivalence equivalence) {
    Rational value = equivalence.rational(expression);
    return value == null ? expression : Expr.Number.of(value);
  }

  /** A union, intersection or difference of sets whose elements are written out; else null. */
  private static Expr finiteSet(Expr.SetOperation operation, Equivalence equivalence) {
    List<Expr> left = elements(operation.left(), equivalence);
    List<Expr> right = elements(operation.right(), equivalence);
    if (left == null || right == null) {
      return null;
    }
    List<Expr> kept = new ArrayList<>();
    switch (operation.operator()) {
      case UNION -> {
        kept.addAll(left);
        right.stream().filter(e -> !contains(left, e, equivalence)).forEach(kept::add);
      }
      case INTERSECTION ->
          left.stream().filter(e -> contains(right, e, equivalence)).forEach(kept::add);
      case DIFFERENCE ->
          left.stream().filter(e -> !contains(right, e, equivalence)).forEach(kept::add);
    }
    return kept.isEmpty() ? Expr.NamedSet.EMPTY : new Expr.Sequence(Expr.Bracket.CURLY, kept);
  }

  private static List<Expr> elements(Expr expression, Equivalence equivalence) {
    Expr set =
        expression instanceof Expr.SetOperation inner ? finiteSet(inner, equivalence) : expression;
    return set instanceof Expr.Sequence sequence && sequence.bracket() == Expr.Bracket.CURLY
        ? sequence.items()
        : null;
  }

  private static boolean contains(List<Expr> elements, Expr element, Equivalence equivalence) {
    return elements.stream().anyMatch(e -> e.equals(element) || equivalence.equal(e, element));
  }

  private static boolean hasPlusMinus(Expr expression) {
    if (expression instanceof Expr.PlusMinus) {
      return true;
    }
    if (expression instanceof Expr.Sum sum) {
      return sum.terms().stream().anyMatch(Expansion::hasPlusMinus);
    }
    if (expression instanceof Expr.Product product) {
      return product.factors().stream().anyMatch(Expansion::hasPlusMinus);
    }
    if (expression instanceof Expr.Quotient quotient) {
      return hasPlusMinus(quotient.numerator()) || hasPlusMinus(quotient.denominator());
    }
    if (expression instanceof Expr.Negation negation) {
      return hasPlusMinus(negation.operand());
    }
    if (expression instanceof Expr.Power power) {
      return hasPlusMinus(power.base());
    }
    if (expression instanceof Expr.Quantity quantity) {
      return hasPlusMinus(quantity.value());
    }
    return expression instanceof Expr.Root root && hasPlusMinus(root.radicand());
  }

  /** All signs ± read the same way: {@code a ± b ∓ c} has two values, not four. */
  private static Expr signed(Expr expression, boolean plus) {
    if (expression instanceof Expr.PlusMinus plusMinus) {
      Expr offset = signed(plusMinus.offset(), plus);
      return new Expr.Sum(
          List.of(signed(plusMinus.center(), plus), plus ? offset : new Expr.Negation(offset)));
    }
    if (expression instanceof Expr.Sum sum) {
      return new Expr.Sum(sum.terms().stream().map(t -> signed(t, plus)).toList());
    }
    if (expression instanceof Expr.Product product) {
      return new Expr.Product(product.factors().stream().map(f -> signed(f, plus)).toList());
    }
    if (expression instanceof Expr.Quotient quotient) {
      return new Expr.Quotient(
          signed(quotient.numerator(), plus), signed(quotient.denominator(), plus));
    }
    if (expression instanceof Expr.Negation negation) {
      return new Expr.Negation(signed(negation.operand(), plus));
    }
    if (expression instanceof Expr.Power power) {
      return new Expr.Power(signed(power.base(), plus), power.exponent());
    }
    if (expression instanceof Expr.Quantity quantity) {
      return new Expr.Quantity(signed(quantity.value(), plus), quantity.unit());
    }
    if (expression instanceof Expr.Root root) {
      return new Expr.Root(signed(root.radicand(), plus), root.index());
    }
    return expression;
  }

  private static Expr multiple(Expr expression, Equivalence equivalence) {
    if (expression instanceof Expr.Negation negation
        && negation.operand() instanceof Expr.Matrix matrix) {
      return scaled(matrix, List.of(Expr.Number.of(-1)), equivalence);
    }
    if (expression instanceof Expr.Quotient quotient
        && quotient.numerator() instanceof Expr.Matrix matrix) {
      return scaled(
          matrix,
          List.of(new Expr.Quotient(Expr.Number.of(1), quotient.denominator())),
          equivalence);
    }
    if (!(expression instanceof Expr.Product product)) {
      return null;
    }
    Expr.Matrix matrix = null;
    List<Expr> factors = new ArrayList<>();
    for (Expr factor : product.factors()) {
      if (factor instanceof Expr.Matrix one) {
        if (matrix != null) {
          return null;
        }
        matrix = one;
      } else {
        factors.add(factor);
      }
    }
    return matrix == null ? null : scaled(matrix, factors, equivalence);
  }

  private static Expr scaled(Expr.Matrix matrix, List<Expr> factors, Equivalence equivalence) {
    return new Expr.Matrix(
        matrix.rows().stream()
            .map(
                row ->
                    row.stream()
                        .map(
                            element -> {
                              List<Expr> product = new ArrayList<>(factors);
                              product.add(element);
                              return folded(new Expr.Product(product), equivalence);
                            })
                        .toList())
            .toList());
  }
}
