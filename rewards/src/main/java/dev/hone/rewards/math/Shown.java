package dev.hone.rewards.math;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Expressions as a person writes them in plain text; equal trees give equal texts. */
final class Shown {

  private Shown() {}

  static String of(Expr expression) {
    return switch (kindOf(expression)) {
      case 0 -> atom(expression);
      case 1 -> arithmetic(expression);
      default -> structure(expression);
    };
  }

  private static int kindOf(Expr expression) {
    if (expression instanceof Expr.Sum
        || expression instanceof Expr.Product
        || expression instanceof Expr.Quotient
        || expression instanceof Expr.Negation
        || expression instanceof Expr.Power
        || expression instanceof Expr.Root
        || expression instanceof Expr.Call
        || expression instanceof Expr.PlusMinus) {
      return 1;
    }
    return expression instanceof Expr.Number
            || expression instanceof Expr.Based
            || expression instanceof Expr.Symbol
            || expression instanceof Expr.Constant
            || expression instanceof Expr.NamedSet
            || expression instanceof Expr.Ellipsis
            || expression instanceof Expr.Words
        ? 0
        : 2;
  }

  private static String atom(Expr expression) {
    if (expression instanceof Expr.Number number) {
      return number.stated().map(s -> s.toString()).orElseGet(() -> number.value().toString());
    }
    if (expression instanceof Expr.Based based) {
      return based.digits() + "_" + based.base();
    }
    if (expression instanceof Expr.Symbol symbol) {
      return symbol.name();
    }
    if (expression instanceof Expr.Words words) {
      return words.text();
    }
    if (expression instanceof Expr.Ellipsis) {
      return "...";
    }
    if (expression instanceof Expr.NamedSet set) {
      return switch (set) {
        case EMPTY -> "∅";
        case REALS -> "ℝ";
        case INTEGERS -> "ℤ";
        case NATURALS -> "ℕ";
        case RATIONALS -> "ℚ";
        case COMPLEX -> "ℂ";
      };
    }
    return switch ((Expr.Constant) expression) {
      case PI -> "π";
      case E -> "e";
      case I -> "i";
      case INFINITY -> "∞";
    };
  }

  private static String arithmetic(Expr expression) {
    if (expression instanceof Expr.Sum sum) {
      StringBuilder shown = new StringBuilder();
      for (Expr term : sum.terms()) {
        if (shown.isEmpty()) {
          shown.append(of(term));
        } else if (term instanceof Expr.Negation negation) {
          shown.append(" - ").append(factor(negation.operand()));
        } else {
          shown.append(" + ").append(of(term));
        }
      }
      return shown.toString();
    }
    if (expression instanceof Expr.Product product) {
      return product.factors().stream().map(Shown::factor).collect(Collectors.joining("·"));
    }
    if (expression instanceof Expr.Quotient quotient) {
      return factor(quotient.numerator()) + "/" + operand(quotient.denominator());
    }
    if (expression instanceof Expr.Negation negation) {
      return "-" + factor(negation.operand());
    }
    if (expression instanceof Expr.Power power) {
      return operand(power.base()) + "^" + operand(power.exponent());
    }
    if (expression instanceof Expr.Root root) {
      return root.index() instanceof Expr.Number two && two.value().equals(Rational.of(2))
          ? "√" + operand(root.radicand())
          : "root(" + of(root.radicand()) + ", " + of(root.index()) + ")";
    }
    if (expression instanceof Expr.Call call) {
      return call.function().plainName().toLowerCase(Locale.ROOT)
          + "("
          + joined(call.arguments())
          + ")";
    }
    Expr.PlusMinus plusMinus = (Expr.PlusMinus) expression;
    return of(plusMinus.center()) + " ± " + factor(plusMinus.offset());
  }

  private static String structure(Expr expression) {
    if (expression instanceof Expr.Quantity quantity) {
      return of(quantity.value()) + " " + unit(quantity.unit());
    }
    if (expression instanceof Expr.Sequence sequence) {
      String items = joined(sequence.items());
      return switch (sequence.bracket()) {
        case NONE -> items;
        case ROUND -> "(" + items + ")";
        case SQUARE -> "[" + items + "]";
        case CURLY -> "{" + items + "}";
      };
    }
    if (expression instanceof Expr.Interval interval) {
      return (interval.lowClosed() ? "[" : "(")
          + of(interval.low())
          + ", "
          + of(interval.high())
          + (interval.highClosed() ? "]" : ")");
    }
    if (expression instanceof Expr.Alternatives alternatives) {
      return alternatives.items().stream().map(Shown::of).collect(Collectors.joining(" or "));
    }
    if (expression instanceof Expr.Ratio ratio) {
      return ratio.terms().stream().map(Shown::factor).collect(Collectors.joining(":"));
    }
    if (expression instanceof Expr.SetOperation operation) {
      String operator =
          switch (operation.operator()) {
            case UNION -> " ∪ ";
            case INTERSECTION -> " ∩ ";
            case DIFFERENCE -> " ∖ ";
          };
      return of(operation.left()) + operator + of(operation.right());
    }
    if (expression instanceof Expr.Builder builder) {
      return "{" + of(builder.element()) + " | " + of(builder.condition()) + "}";
    }
    if (expression instanceof Expr.Matrix matrix) {
      return matrix.rows().stream().map(Shown::joined).collect(Collectors.joining("; ", "[", "]"));
    }
    Expr.Relation relation = (Expr.Relation) expression;
    StringBuilder shown = new StringBuilder(of(relation.operands().get(0)));
    for (int i = 0; i < relation.operators().size(); i++) {
      shown.append(
          switch (relation.operators().get(i)) {
            case EQUAL -> " = ";
            case APPROXIMATE -> " ≈ ";
            case NOT_EQUAL -> " ≠ ";
            case LESS -> " < ";
            case LESS_OR_EQUAL -> " ≤ ";
            case GREATER -> " > ";
            case GREATER_OR_EQUAL -> " ≥ ";
            case IN -> " ∈ ";
            case CONGRUENT -> " ≡ ";
          });
      shown.append(of(relation.operands().get(i + 1)));
    }
    return shown.toString();
  }

  private static String unit(Unit unit) {
    if (unit.isPercent()) {
      return "%";
    }
    StringBuilder shown = new StringBuilder();
    if (!unit.factor().isOne()) {
      shown.append("× ").append(unit.factor()).append(' ');
    }
    unit.dimensions().entrySet().stream()
        .sorted(java.util.Map.Entry.comparingByKey())
        .forEach(
            entry ->
                shown
                    .append(shown.isEmpty() ? "" : "·")
                    .append(entry.getKey().replace("#", ""))
                    .append(entry.getValue() == 1 ? "" : "^" + entry.getValue()));
    return shown.toString();
  }

  private static String joined(List<Expr> items) {
    return items.stream().map(Shown::of).collect(Collectors.joining(", "));
  }

  private static String factor(Expr expression) {
    return expression instanceof Expr.Sum || expression instanceof Expr.PlusMinus
        ? "(" + of(expression) + ")"
        : of(expression);
  }

  private static String operand(Expr expression) {
    boolean simple =
        kindOf(expression) == 0
                && !(expression instanceof Expr.Number number
                    && !number.value().isInteger()
                    && number.stated().isEmpty())
            || expression instanceof Expr.Call
            || expression instanceof Expr.Sequence sequence
                && sequence.bracket() != Expr.Bracket.NONE;
    return simple ? of(expression) : "(" + of(expression) + ")";
  }
}
