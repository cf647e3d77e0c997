package dev.hone.rewards.math;

import dev.hone.rewards.math.Expr.Bracket;
import dev.hone.rewards.math.Expr.RelationOperator;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** What an equation says of a value: {@code x = 5}, {@code f(x) = x^2}, {@code 3 + 4 = 7}. */
final class Statement {

  /** A value with the name it was given. */
  record Named(String name, boolean words, Expr value) {
    /** Names in words, such as "the area", say the same as any. */
    boolean sameNameAs(Named other) {
      return words || other.words || name.equals(other.name);
    }
  }

  private static final int DIGITS = 20;

  private Statement() {}

  static boolean isEquation(Expr.Relation relation) {
    return relation.operators().stream()
        .allMatch(o -> o == RelationOperator.EQUAL || o == RelationOperator.APPROXIMATE);
  }

  /**
   * The expression without what only leads up to it: chains of equal values become their last one,
   * brackets around one thing go.
   *
   * @throws Unreadable where a chain equates what is not equal
   */
  static Expr simplified(Expr expression, Equivalence equivalence) {
    if (expression instanceof Expr.Sequence sequence
        && sequence.items().size() == 1
        && sequence.bracket() != Bracket.ROUND
        && !isCollection(sequence.items().get(0))) {
      return simplified(sequence.items().get(0), equivalence);
    }
    if (expression instanceof Expr.Words words) {
      return Words.meaning(words);
    }
    if (expression instanceof Expr.Sequence family) {
      return withParameterRenamed(family);
    }
    if (!(expression instanceof Expr.Relation relation)) {
      return Expansion.of(expression, equivalence);
    }
    if (!isEquation(relation)) {
      return expression;
    }
    if (approximatesAnother(relation, equivalence)) {
      throw new Unreadable("it calls about equal what is not");
    }
    List<Expr> operands = beforeApproximation(relation);
    boolean named = isName(operands.get(0));
    int first = named ? 1 : 0;
    if (operands.size() - first >= 2 && (!named || operands.size() > 2)) {
      boolean constant =
          operands.subList(first, operands.size()).stream()
              .allMatch(o -> Variables.of(o).isEmpty());
      boolean chain = operands.size() - first > 2 || named || constant;
      if (constant && operands.stream().distinct().count() == 1) {
        throw new Unreadable("a statement that is always true");
      }
      if (chain || allEqual(operands.subList(first, operands.size()), equivalence)) {
        if (!allEqual(operands.subList(first, operands.size()), equivalence)) {
          throw new Unreadable("it equates what is not equal");
        }
        Expr last = operands.get(operands.size() - 1);
        return named ? equation(operands.get(0), last) : last;
      }
    }
    if (operands.size() == 1) {
      return operands.get(0);
    }
    return operands.size() == relation.operands().size()
        ? relation
        : equation(operands.get(0), operands.get(operands.size() - 1));
  }

  /** {@code nπ, n ∈ ℤ} is {@code kπ, k ∈ ℤ}: the name of a parameter says nothing. */
  private static Expr withParameterRenamed(Expr.Sequence family) {
    Expr last = family.items().get(family.items().size() - 1);
    if (family.bracket() == Bracket.NONE
        && last instanceof Expr.Relation membership
        && membership.operators().equals(List.of(RelationOperator.IN))
        && membership.operands().get(0) instanceof Expr.Symbol parameter
        && membership.operands().get(1) instanceof Expr.NamedSet) {
      Expr renamed = new Expr.Symbol("parameter");
      List<Expr> items = new ArrayList<>();
      for (Expr item : family.items().subList(0, family.items().size() - 1)) {
        items.add(Variables.substitute(item, parameter.name(), renamed));
      }
      items.add(
          new Expr.Relation(
              List.of(renamed, membership.operands().get(1)), membership.operators()));
      return new Expr.Sequence(Bracket.NONE, items);
    }
    return family;
  }

  private static boolean isCollection(Expr expression) {
    return expression instanceof Expr.NamedSet
        || expression instanceof Expr.Sequence
        || expression instanceof Expr.Interval
        || expression instanceof Expr.Builder;
  }

  /** {@code x = 22/7 ≈ 3.14} is 22/7; {@code x ≈ 3.14} is 3.14. */
  private static List<Expr> beforeApproximation(Expr.Relation relation) {
    int end = relation.operators().indexOf(RelationOperator.APPROXIMATE);
    if (end < 0) {
      return relation.operands();
    }
    if (end == 0 && isName(relation.operands().get(0))) {
      return relation.operands().subList(0, 2);
    }
    return relation.operands().subList(0, end + 1);
  }

  /** Whether a number is said to be about another that it is nowhere near: 12 ≈ 15. */
  private static boolean approximatesAnother(Expr.Relation relation, Equivalence equivalence) {
    for (int i = 0; i < relation.operators().size(); i++) {
      if (relation.operators().get(i) == RelationOperator.APPROXIMATE) {
        BigDecimal one = equivalence.decimal(valueOf(relation.operands().get(i)), DIGITS);
        BigDecimal other = equivalence.decimal(valueOf(relation.operands().get(i + 1)), DIGITS);
        if (one != null
            && other != null
            && one.subtract(other).abs().compareTo(one.abs().max(other.abs()).movePointLeft(1))
                > 0) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean allEqual(List<Expr> operands, Equivalence equivalence) {
    for (int i = 1; i < operands.size(); i++) {
      boolean equal =
          operands.get(i).equals(operands.get(0))
              || equivalence.equal(operands.get(0), operands.get(i))
              || valueOf(operands.get(0)) != null
                  && valueOf(operands.get(i)) != null
                  && equivalence.equal(valueOf(operands.get(0)), valueOf(operands.get(i)));
      if (!equal) {
        return false;
      }
    }
    return true;
  }

  private static Expr valueOf(Expr expression) {
    return expression instanceof Expr.Quantity quantity ? quantity.value() : expression;
  }

  private static Expr equation(Expr left, Expr right) {
    return new Expr.Relation(List.of(left, right), List.of(RelationOperator.EQUAL));
  }

  /** The name and the value of {@code name = value}, or null. */
  static Named named(Expr expression) {
    if (!(expression instanceof Expr.Relation relation)
        || relation.operands().size() != 2
        || !isEquation(relation)) {
      return null;
    }
    Expr left = relation.operands().get(0);
    Expr right = relation.operands().get(1);
    if (isName(left)) {
      return new Named(Shown.of(left).replace(" ", ""), left instanceof Expr.Words, right);
    }
    // "5 = x"
    if (right instanceof Expr.Symbol symbol && Variables.of(left).isEmpty()) {
      return new Named(symbol.name(), false, left);
    }
    return null;
  }

  /** Whether an expression names something: x, f(x), AB, ∠ABC, (x, y), "the area". */
  private static boolean isName(Expr expression) {
    if (expression instanceof Expr.Symbol || expression instanceof Expr.Words) {
      return true;
    }
    if (expression instanceof Expr.Constant constant) {
      return constant == Expr.Constant.E || constant == Expr.Constant.I;
    }
    if (expression instanceof Expr.Sequence sequence) {
      return sequence.bracket() == Bracket.ROUND
          && sequence.items().stream().allMatch(Expr.Symbol.class::isInstance);
    }
    if (expression instanceof Expr.Product product) {
      List<Expr> factors = product.factors();
      boolean capitals =
          factors.stream()
              .allMatch(
                  f ->
                      f instanceof Expr.Symbol symbol
                          && (Character.isUpperCase(symbol.name().charAt(0))
                              || symbol.name().equals("angle")
                              || symbol.name().equals("triangle")
                              || symbol.name().equals("m")));
      boolean application =
          factors.size() == 2
              && (isInverseFunction(factors.get(0))
                  || factors.get(0) instanceof Expr.Symbol function
                      && isFunctionName(function.name()))
              && (factors.get(1) instanceof Expr.Symbol
                  || factors.get(1) instanceof Expr.Number
                  || factors.get(1) instanceof Expr.Sequence);
      return capitals || application;
    }
    if (expression instanceof Expr.Call call) {
      return call.arguments().stream().allMatch(Expr.Symbol.class::isInstance);
    }
    if (expression instanceof Expr.Quotient quotient) {
      return isName(quotient.numerator()) && isName(quotient.denominator());
    }
    return isInverseFunction(expression);
  }

  private static boolean isInverseFunction(Expr expression) {
    return expression instanceof Expr.Power power
        && power.base() instanceof Expr.Symbol symbol
        && isFunctionName(symbol.name())
        && power.exponent() instanceof Expr.Negation;
  }

  private static boolean isFunctionName(String name) {
    return switch (name.charAt(0)) {
      case 'f', 'g', 'h', 'p', 'q', 'F', 'G', 'H', 'P', 'Q', 'T' -> true;
      default -> name.contains("'");
    };
  }

  private static String base(String name) {
    int index = name.indexOf('_');
    return index > 0 ? name.substring(0, index) : name;
  }

  /** The things an expression lists: itself, where it is no list. */
  static List<Expr> items(Expr expression, Equivalence equivalence) {
    if (expression instanceof Expr.Alternatives alternatives) {
      return expanded(alternatives.items(), equivalence);
    }
    if (expression instanceof Expr.Sequence sequence) {
      return sequence.bracket() == Bracket.ROUND || sequence.bracket() == Bracket.SQUARE
          ? sequence.items()
          : expanded(sequence.items(), equivalence);
    }
    return List.of(expression);
  }

  /** {@code x = 1 or x = 2}, {@code x = 1, 2} and {@code x = ±1} list values of one variable. */
  private static List<Expr> expanded(List<Expr> items, Equivalence equivalence) {
    String name = null;
    List<Expr> values = new ArrayList<>();
    boolean one = true;
    for (Expr item : items) {
      Expr simple = simplified(item, equivalence);
      Named named = named(simple);
      Expr value = Expansion.of(named == null ? simple : named.value(), equivalence);
      if (named != null) {
        one &= name == null || base(name).equals(base(named.name()));
        name = named.name();
      }
      if (value instanceof Expr.Sequence two && two.bracket() == Bracket.NONE) {
        values.addAll(two.items());
      } else {
        values.add(value);
      }
    }
    return one ? values : items.stream().map(i -> simplified(i, equivalence)).toList();
  }
}
