package dev.hone.rewards.math;

import dev.hone.rewards.math.Expr.RelationOperator;
import java.math.BigDecimal;
import java.util.List;
import java.util.Set;

/** Compares equations and inequalities, and what is named with what is not. */
final class Relations {

  private final Mode mode;
  private final Equivalence equivalence;
  private final Comparison comparison;

  /**
   * @param comparison for what the relations name
   */
  Relations(Mode mode, Equivalence equivalence, Comparison comparison) {
    this.mode = mode;
    this.equivalence = equivalence;
    this.comparison = comparison;
  }

  /**
   * Whether two expressions, one a relation at least, say the same; null where what they relate is
   * to be compared as a set of numbers or as a value.
   */
  Match compare(Expr a, Expr r) {
    Statement.Named answer = Statement.named(a);
    Statement.Named reference = Statement.named(r);
    if (answer != null && reference != null) {
      if (answer.sameNameAs(reference)) {
        return comparison.compare(answer.value(), reference.value());
      }
      Match equations = equations(a, r);
      return equations != null ? equations : Match.no("it names something else");
    }
    if (reference != null) {
      if (a instanceof Expr.Relation relation) {
        // An equation to be solved is no solution.
        if (mode == Mode.STRICT
            && Variables.of(reference.value()).isEmpty()
            && Statement.isEquation(relation)) {
          return Match.no("an equation that is not solved");
        }
        Match equations = equations(a, r);
        if (equations != null) {
          return equations;
        }
      }
      return RealSet.isDefinite(a) ? null : comparison.compare(a, reference.value());
    }
    if (answer != null) {
      if (r instanceof Expr.Relation) {
        Match equations = equations(a, r);
        return equations != null ? equations : RealSet.isDefinite(r) ? null : Match.no("not equal");
      }
      return RealSet.isDefinite(r) ? null : comparison.compare(answer.value(), r);
    }
    if (a instanceof Expr.Relation && r instanceof Expr.Relation) {
      return equations(a, r);
    }
    if (a instanceof Expr.Relation relation && Statement.isEquation(relation)) {
      return Match.no("an equation where a value is asked for");
    }
    return null;
  }

  /** Two equations, or inequalities, that are multiples of each other; null where they are not. */
  private Match equations(Expr a, Expr r) {
    if (!(a instanceof Expr.Relation left && r instanceof Expr.Relation right)
        || left.operators().size() != 1
        || right.operators().size() != 1) {
      return null;
    }
    RelationOperator operator = left.operators().get(0);
    RelationOperator expected = right.operators().get(0);
    boolean mirrored = operator != expected;
    if (mirrored && operator.mirrored() != expected) {
      return null;
    }
    if (operator == RelationOperator.CONGRUENT || operator == RelationOperator.IN) {
      return null;
    }
    Set<String> names = Variables.of(r);
    if (!names.equals(Variables.of(a)) || names.isEmpty()) {
      return null;
    }
    if (operator.isInequality() && names.size() == 1) {
      return null;
    }
    Expr differenceLeft = difference(left);
    Expr differenceRight = difference(right);
    if (operator == RelationOperator.EQUAL) {
      if (isSolved(right, differenceLeft) || isSolved(left, differenceRight)) {
        return Match.yes("the same equation, solved");
      }
    }
    // The factor between them, seen at one point, must hold everywhere.
    Expr ratio = ratioAtSomePoint(differenceLeft, differenceRight, names);
    if (ratio == null) {
      return null;
    }
    boolean proportional =
        equivalence.equal(differenceLeft, new Expr.Product(List.of(ratio, differenceRight)));
    if (!proportional) {
      return null;
    }
    if (operator.isInequality()) {
      BigDecimal factor = equivalence.decimal(ratio, 30);
      if (factor == null || (factor.signum() < 0) != mirrored) {
        return Match.no("the inequality points the other way");
      }
      return Match.yes("the same inequality");
    }
    return Match.yes("the same equation");
  }

  /** Whether an equation {@code y = ...} is what another, {@code difference = 0}, comes to. */
  private boolean isSolved(Expr.Relation named, Expr difference) {
    Expr solved = solvedLike(named, difference);
    return solved != null && equivalence.equal(solved, named.operands().get(1));
  }

  /**
   * An equation, linear in {@code y}, solved for the {@code y} that another is solved for; null
   * where it is not of this kind.
   */
  private Expr solvedLike(Expr.Relation named, Expr difference) {
    if (!(named.operands().get(0) instanceof Expr.Symbol symbol)
        || Variables.of(named.operands().get(1)).contains(symbol.name())
        || Variables.of(difference).size() < 2) {
      return null;
    }
    Expr atZero = Variables.substitute(difference, symbol.name(), Expr.Number.of(0));
    Expr atOne = Variables.substitute(difference, symbol.name(), Expr.Number.of(1));
    Expr slope = new Expr.Sum(List.of(atOne, new Expr.Negation(atZero)));
    Expr line = new Expr.Sum(List.of(new Expr.Product(List.of(slope, symbol)), atZero));
    if (!equivalence.equal(line, difference)) {
      return null;
    }
    // Where the slope and the rest may vanish together, as in xy = x, every y is a solution.
    Rational constantSlope = equivalence.rational(slope);
    Rational rest = equivalence.rational(atZero);
    boolean solvable =
        constantSlope != null ? !constantSlope.isZero() : rest != null && !rest.isZero();
    if (!solvable) {
      return null;
    }
    return new Expr.Quotient(new Expr.Negation(atZero), slope);
  }

  private Expr ratioAtSomePoint(Expr left, Expr right, Set<String> names) {
    for (int start = 2; start < 8; start++) {
      Expr a = left;
      Expr b = right;
      int value = start;
      for (String name : names) {
        Expr point = Expr.Number.of(Rational.of(value * value + 1L, value + 2L));
        a = Variables.substitute(a, name, point);
        b = Variables.substitute(b, name, point);
        value += 3;
      }
      Rational below = equivalence.rational(b);
      if (below != null && !below.isZero()) {
        Rational above = equivalence.rational(a);
        if (above == null) {
          return new Expr.Quotient(a, b);
        }
        return above.isZero() ? null : Expr.Number.of(above.over(below));
      }
      BigDecimal size = equivalence.decimal(b, 30);
      if (below == null && size != null && size.signum() != 0) {
        return new Expr.Quotient(a, b);
      }
    }
    return null;
  }

  private static Expr difference(Expr.Relation relation) {
    return new Expr.Sum(
        List.of(relation.operands().get(0), new Expr.Negation(relation.operands().get(1))));
  }
}
