package dev.hone.rewards.math;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Walks a tree for its variables, and puts values in their place. */
final class Variables {

  private Variables() {}

  static Set<String> of(Expr expression) {
    Set<String> names = new TreeSet<>();
    collect(expression, names);
    return names;
  }

  static void collect(Expr expression, Collection<String> names) {
    if (expression instanceof Expr.Symbol symbol) {
      names.add(symbol.name());
    }
    for (Expr child : children(expression)) {
      collect(child, names);
    }
  }

  /** Whether a function is called anywhere in a tree. */
  static boolean hasCall(Function function, Expr expression) {
    return expression instanceof Expr.Call call && call.function() == function
        || children(expression).stream().anyMatch(child -> hasCall(function, child));
  }

  /** Whether a function of whole numbers has a variable in it: factorials, floors. */
  static boolean needWholeNumbers(Expr expression) {
    if (expression instanceof Expr.Call call) {
      boolean whole =
          switch (call.function()) {
            case FACTORIAL, BINOMIAL, GCD, LCM -> true;
            default -> false;
          };
      if (whole && !of(expression).isEmpty()) {
        return true;
      }
    }
    return children(expression).stream().anyMatch(Variables::needWholeNumbers);
  }

  /** The expression with a value in the place of a variable. */
  static Expr substitute(Expr expression, String name, Expr value) {
    if (expression instanceof Expr.Symbol symbol) {
      return symbol.name().equals(name) ? value : expression;
    }
    if (expression instanceof Expr.Sum sum) {
      return new Expr.Sum(substitute(sum.terms(), name, value));
    }
    if (expression instanceof Expr.Product product) {
      return new Expr.Product(substitute(product.factors(), name, value));
    }
    if (expression instanceof Expr.Negation negation) {
      return new Expr.Negation(substitute(negation.operand(), name, value));
    }
    if (expression instanceof Expr.Quotient quotient) {
      return new Expr.Quotient(
          substitute(quotient.numerator(), name, value),
          substitute(quotient.denominator(), name, value));
    }
    if (expression instanceof Expr.Power power) {
      return new Expr.Power(
          substitute(power.base(), name, value), substitute(power.exponent(), name, value));
    }
    if (expression instanceof Expr.Root root) {
      return new Expr.Root(
          substitute(root.radicand(), name, value), substitute(root.index(), name, value));
    }
    if (expression instanceof Expr.Call call) {
      return new Expr.Call(call.function(), substitute(call.arguments(), name, value));
    }
    if (expression instanceof Expr.Relation relation) {
      return new Expr.Relation(substitute(relation.operands(), name, value), relation.operators());
    }
    return expression;
  }

  private static List<Expr> substitute(List<Expr> expressions, String name, Expr value) {
    return expressions.stream().map(e -> substitute(e, name, value)).toList();
  }

  private static List<Expr> children(Expr expression) {
    if (expression instanceof Expr.Sum sum) {
      return sum.terms();
    }
    if (expression instanceof Expr.Product product) {
      return product.factors();
    }
    if (expression instanceof Expr.Quotient quotient) {
      return List.of(quotient.numerator(), quotient.denominator());
    }
    if (expression instanceof Expr.Negation negation) {
      return List.of(negation.operand());
    }
    if (expression instanceof Expr.Power power) {
      return List.of(power.base(), power.exponent());
    }
    if (expression instanceof Expr.Root root) {
      return List.of(root.radicand(), root.index());
    }
    if (expression instanceof Expr.Call call) {
      return call.arguments();
    }
    if (expression instanceof Expr.PlusMinus plusMinus) {
      return List.of(plusMinus.center(), plusMinus.offset());
    }
    if (expression instanceof Expr.Quantity quantity) {
      return List.of(quantity.value());
    }
    if (expression instanceof Expr.Sequence sequence) {
      return sequence.items();
    }
    if (expression instanceof Expr.Interval interval) {
      return List.of(interval.low(), interval.high());
    }
    if (expression instanceof Expr.Alternatives alternatives) {
      return alternatives.items();
    }
    if (expression instanceof Expr.Ratio ratio) {
      return ratio.terms();
    }
    if (expression instanceof Expr.SetOperation operation) {
      return List.of(operation.left(), operation.right());
    }
    if (expression instanceof Expr.Builder builder) {
      return List.of(builder.element(), builder.condition());
    }
    if (expression instanceof Expr.Matrix matrix) {
      return matrix.rows().stream().flatMap(List::stream).toList();
    }
    if (expression instanceof Expr.Relation relation) {
      return relation.operands();
    }
    return List.of();
  }
}
