package dev.hone.rewards.math;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A set of real numbers: disjoint pieces from left to right, points among them. Intervals, unions,
 * inequalities in one variable and set builders all come to this, and are equal where it is.
 */
record RealSet(List<Piece> pieces) {

  /** An end of a piece; {@code infinite} is -1 or 1 where it is not a number. */
  record End(Expr expression, BigDecimal value, int infinite, Equivalence equivalence)
      implements Comparable<End> {
    static final End LEFT = new End(null, null, -1, null);
    static final End RIGHT = new End(null, null, 1, null);

    @Override
    public int compareTo(End other) {
      if (infinite != 0 || other.infinite != 0) {
        return Integer.compare(infinite, other.infinite);
      }
      return equivalence.equal(expression, other.expression) ? 0 : value.compareTo(other.value);
    }
  }

  /** From {@code low} to {@code high}; a point where they are equal and closed. */
  record Piece(End low, boolean lowClosed, End high, boolean highClosed) {
    boolean isEmpty() {
      int order = low.compareTo(high);
      return order > 0 || (order == 0 && !(lowClosed && highClosed));
    }
  }

  static final RealSet ALL = new RealSet(List.of(new Piece(End.LEFT, false, End.RIGHT, false)));
  static final RealSet NONE = new RealSet(List.of());

  private static final int DIGITS = 30;
  private static final int MAX_PIECES = 40;

  /**
   * The set that an expression describes, or null where it describes none. A pair in brackets
   * counts as an interval here.
   */
  static RealSet of(Expr expression, Equivalence equivalence) {
    if (expression instanceof Expr.Interval interval) {
      return between(
          interval.low(),
          interval.lowClosed(),
          interval.high(),
          interval.highClosed(),
          equivalence);
    }
    if (expression instanceof Expr.Sequence sequence) {
      return ofSequence(sequence, equivalence);
    }
    if (expression instanceof Expr.SetOperation operation) {
      RealSet left = of(operation.left(), equivalence);
      RealSet right = of(operation.right(), equivalence);
      if (left == null || right == null) {
        return null;
      }
      return switch (operation.operator()) {
        case UNION -> left.union(right);
        case INTERSECTION -> left.intersection(right);
        case DIFFERENCE -> left.intersection(right.complement());
      };
    }
    if (expression == Expr.NamedSet.REALS) {
      return ALL;
    }
    if (expression == Expr.NamedSet.EMPTY) {
      return NONE;
    }
    if (expression instanceof Expr.Builder builder) {
      return ofBuilder(builder, equivalence);
    }
    if (expression instanceof Expr.Relation relation) {
      return ofRelation(relation, equivalence);
    }
    if (expression instanceof Expr.Alternatives alternatives) {
      RealSet union = NONE;
      for (Expr item : alternatives.items()) {
        RealSet set = of(item, equivalence);
        if (set == null) {
          return null;
        }
        union = union.union(set);
      }
      return union;
    }
    return null;
  }

  /** Whether an expression can be nothing but a set of reals. */
  static boolean isDefinite(Expr expression) {
    if (expression instanceof Expr.Relation relation) {
      return relation.operators().stream()
          .anyMatch(
              o ->
                  o.isInequality()
                      || o == Expr.RelationOperator.NOT_EQUAL
                      || o == Expr.RelationOperator.IN);
    }
    if (expression instanceof Expr.Alternatives alternatives) {
      return alternatives.items().stream().allMatch(RealSet::isDefinite);
    }
    return expression instanceof Expr.Interval
        || expression instanceof Expr.SetOperation
        || expression instanceof Expr.Builder
        || expression == Expr.NamedSet.REALS
        || expression == Expr.NamedSet.EMPTY;
  }

  boolean sameAs(RealSet other) {
    if (pieces.size() != other.pieces.size()) {
      return false;
    }
    for (int i = 0; i < pieces.size(); i++) {
      Piece a = pieces.get(i);
      Piece b = other.pieces.get(i);
      if (a.lowClosed != b.lowClosed
          || a.highClosed != b.highClosed
          || a.low.compareTo(b.low) != 0
          || a.high.compareTo(b.high) != 0) {
        return false;
      }
    }
    return true;
  }

  RealSet union(RealSet other) {
    List<Piece> all = new ArrayList<>(pieces);
    all.addAll(other.pieces);
    if (all.size() > MAX_PIECES) {
      throw new Budget.Exceeded("a union of more than " + MAX_PIECES + " pieces");
    }
    all.sort(Comparator.comparing(Piece::low).thenComparing(piece -> piece.lowClosed ? 0 : 1));
    List<Piece> merged = new ArrayList<>();
    for (Piece piece : all) {
      Piece last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      int gap = last == null ? 1 : piece.low.compareTo(last.high);
      if (gap > 0 || (gap == 0 && !piece.lowClosed && !last.highClosed)) {
        merged.add(piece);
        continue;
      }
      int order = piece.high.compareTo(last.high);
      End high = order > 0 ? piece.high : last.high;
      boolean closed =
          order > 0
              ? piece.highClosed
              : order < 0 ? last.highClosed : piece.highClosed || last.highClosed;
      merged.set(merged.size() - 1, new Piece(last.low, last.lowClosed, high, closed));
    }
    return new RealSet(merged);
  }

  RealSet complement() {
    List<Piece> gaps = new ArrayList<>();
    End from = End.LEFT;
    boolean closed = false;
    for (Piece piece : pieces) {
      gaps.add(new Piece(from, closed, piece.low, !piece.lowClosed && piece.low.infinite == 0));
      from = piece.high;
      closed = !piece.highClosed && piece.high.infinite == 0;
    }
    gaps.add(new Piece(from, closed, End.RIGHT, false));
    gaps.removeIf(Piece::isEmpty);
    return new RealSet(gaps);
  }

  RealSet intersection(RealSet other) {
    return complement().union(other.complement()).complement();
  }

  private static RealSet between(
      Expr low, boolean lowClosed, Expr high, boolean highClosed, Equivalence equivalence) {
    End left = end(low, equivalence);
    End right = end(high, equivalence);
    if (left == null || right == null) {
      return null;
    }
    Piece piece =
        new Piece(left, lowClosed && left.infinite == 0, right, highClosed && right.infinite == 0);
    return piece.isEmpty() ? null : new RealSet(List.of(piece));
  }

  private static RealSet ofSequence(Expr.Sequence sequence, Equivalence equivalence) {
    List<Expr> items = sequence.items();
    switch (sequence.bracket()) {
      case CURLY -> {
        RealSet points = NONE;
        for (Expr item : items) {
          RealSet point = between(item, true, item, true, equivalence);
          if (point == null) {
            return null;
          }
          points = points.union(point);
        }
        return points;
      }
      case ROUND, SQUARE -> {
        boolean closed = sequence.bracket() == Expr.Bracket.SQUARE;
        return items.size() == 2
            ? between(items.get(0), closed, items.get(1), closed, equivalence)
            : null;
      }
      default -> {
        return null;
      }
    }
  }

  private static RealSet ofBuilder(Expr.Builder builder, Equivalence equivalence) {
    if (builder.element() instanceof Expr.Symbol) {
      return of(builder.condition(), equivalence);
    }
    // {x ∈ ℝ | x > 3}
    if (builder.element() instanceof Expr.Relation membership
        && membership.operators().equals(List.of(Expr.RelationOperator.IN))
        && membership.operands().get(1) == Expr.NamedSet.REALS) {
      return of(builder.condition(), equivalence);
    }
    return null;
  }

  private static RealSet ofRelation(Expr.Relation relation, Equivalence equivalence) {
    if (relation.operators().equals(List.of(Expr.RelationOperator.IN))) {
      return relation.operands().get(0) instanceof Expr.Symbol
          ? of(relation.operands().get(1), equivalence)
          : null;
    }
    if (relation.operators().equals(List.of(Expr.RelationOperator.EQUAL))) {
      boolean named = relation.operands().get(0) instanceof Expr.Symbol;
      Expr value = relation.operands().get(1);
      return named ? between(value, true, value, true, equivalence) : null;
    }
    Set<String> names = Variables.of(relation);
    if (names.size() != 1) {
      return null;
    }
    RealSet all = ALL;
    for (int i = 0; i < relation.operators().size(); i++) {
      RealSet one =
          Inequality.solve(
              relation.operands().get(i),
              relation.operators().get(i),
              relation.operands().get(i + 1),
              names.iterator().next(),
              equivalence);
      if (one == null) {
        return null;
      }
      all = all.intersection(one);
    }
    return all;
  }

  /** All numbers on one side of an end, with or without it. */
  static RealSet ray(Expr end, boolean left, boolean closed, Equivalence equivalence) {
    End bound = end(end, equivalence);
    if (bound == null) {
      return null;
    }
    if (bound.infinite != 0) {
      // x < ∞ says nothing, and x > ∞ has no solution.
      return (bound.infinite > 0) == left ? ALL : NONE;
    }
    return new RealSet(
        List.of(
            left
                ? new Piece(End.LEFT, false, bound, closed)
                : new Piece(bound, closed, End.RIGHT, false)));
  }

  static RealSet allBut(Expr point, Equivalence equivalence) {
    RealSet single = between(point, true, point, true, equivalence);
    return single == null ? null : single.complement();
  }

  private static End end(Expr expression, Equivalence equivalence) {
    if (expression == Expr.Constant.INFINITY) {
      return End.RIGHT;
    }
    if (expression instanceof Expr.Negation negation
        && negation.operand() == Expr.Constant.INFINITY) {
      return End.LEFT;
    }
    BigDecimal value = equivalence.decimal(expression, DIGITS);
    return value == null ? null : new End(expression, value, 0, equivalence);
  }
}
