package dev.hone.rewards.math;

import dev.hone.rewards.math.Expr.Bracket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Compares two answers by what they are: values, lists, sets of reals, equations, matrices. */
final class Comparison {

  private static final int MAX_UNORDERED = 40;

  private final Mode mode;
  private final Budget budget;
  private final Equivalence equivalence;
  private final Values values;
  private final Relations relations;

  Comparison(Mode mode, Budget budget) {
    this.mode = mode;
    this.budget = budget;
    this.equivalence = new Equivalence(budget);
    this.values = new Values(mode, equivalence);
    this.relations = new Relations(mode, equivalence, this);
  }

  /**
   * Whether an answer says what the reference says.
   *
   * @throws Unreadable where the answer contradicts itself
   * @throws Budget.Exceeded where it is too large
   */
  Match compare(Expr answer, Expr reference) {
    Expr a = Statement.simplified(answer, equivalence);
    Expr r = Statement.simplified(reference, equivalence);
    if (a.equals(r)) {
      // Equal trees are equal, as long as they have a meaning at all.
      return containsEllipsisOnly(a) ? Match.no("nothing but dots") : wellDefined(a);
    }
    if (a instanceof Expr.Relation || r instanceof Expr.Relation) {
      Match match = relations.compare(a, r);
      if (match != null) {
        return match;
      }
    }
    if (RealSet.isDefinite(a) || RealSet.isDefinite(r)) {
      return sets(a, r);
    }
    if (isGrid(a) && r instanceof Expr.Matrix || isGrid(r) && a instanceof Expr.Matrix) {
      return matrices(grid(a), grid(r));
    }
    if (isSeveral(a) || isSeveral(r)) {
      return several(a, r);
    }
    if (a instanceof Expr.Matrix || r instanceof Expr.Matrix) {
      return matrices(a, r);
    }
    if (a instanceof Expr.Ratio || r instanceof Expr.Ratio) {
      return ratios(a, r);
    }
    if (a instanceof Expr.Based || r instanceof Expr.Based) {
      return a instanceof Expr.Based x
              && r instanceof Expr.Based y
              && x.base() == y.base()
              && x.value().equals(y.value())
          ? Match.yes("the same number in the same base")
          : Match.no("not the same number in the same base");
    }
    if (a instanceof Expr.Words
        || r instanceof Expr.Words
        || a instanceof Expr.NamedSet
        || r instanceof Expr.NamedSet) {
      return Match.no("not the same text");
    }
    return values.compare(a, r);
  }

  private Match wellDefined(Expr expression) {
    if (expression instanceof Expr.Sum
        || expression instanceof Expr.Product
        || expression instanceof Expr.Quotient
        || expression instanceof Expr.Power) {
      try {
        new NormalForm(budget.part()).of(expression);
      } catch (Budget.Exceeded e) {
        return Match.yes("the same expression");
      } catch (Unreadable e) {
        return e.getMessage().startsWith("a division by zero")
            ? Match.no(e.getMessage())
            : Match.yes("the same expression");
      }
    }
    return Match.yes("the same");
  }

  private static boolean containsEllipsisOnly(Expr expression) {
    return expression instanceof Expr.Ellipsis;
  }

  // Sets of reals.

  private Match sets(Expr a, Expr r) {
    if (a instanceof Expr.Relation
        && r instanceof Expr.Relation
        && !Variables.of(a).equals(Variables.of(r))) {
      return Match.no("it speaks of another variable");
    }
    RealSet answer = RealSet.of(asSet(a), equivalence);
    RealSet reference = RealSet.of(asSet(r), equivalence);
    if (answer == null || reference == null) {
      if (a instanceof Expr.SetOperation x
          && r instanceof Expr.SetOperation y
          && x.operator() == y.operator()) {
        boolean same = compare(x.left(), y.left()).equal() && compare(x.right(), y.right()).equal();
        return same ? Match.yes("the same sets") : Match.no("not the same set");
      }
      if (a instanceof Expr.Interval x
          && r instanceof Expr.Interval y
          && x.lowClosed() == y.lowClosed()
          && x.highClosed() == y.highClosed()
          && compare(x.low(), y.low()).equal()
          && compare(x.high(), y.high()).equal()) {
        return Match.yes("the same interval");
      }
      return Match.no("not the same set");
    }
    return answer.sameAs(reference)
        ? Match.yes("the same set of numbers")
        : Match.no("not the same set of numbers");
  }

  /** A bare list beside a set is a set. */
  private static Expr asSet(Expr expression) {
    return expression instanceof Expr.Sequence sequence && sequence.bracket() == Bracket.NONE
        ? new Expr.Sequence(Bracket.CURLY, sequence.items())
        : expression;
  }

  // Lists, tuples, sets of things.

  private static boolean isSeveral(Expr expression) {
    return expression instanceof Expr.Sequence || expression instanceof Expr.Alternatives;
  }

  private Match several(Expr a, Expr r) {
    if (isVector(a) && r instanceof Expr.Sequence sequence && sequence.bracket() == Bracket.ROUND) {
      return ordered(vector((Expr.Matrix) a), sequence.items());
    }
    if (isVector(r) && a instanceof Expr.Sequence sequence && sequence.bracket() != Bracket.CURLY) {
      return ordered(sequence.items(), vector((Expr.Matrix) r));
    }
    List<Expr> answers = Statement.items(a, equivalence);
    List<Expr> references = Statement.items(r, equivalence);
    Match assigned = assignments(a, r, answers, references);
    if (assigned != null) {
      return assigned;
    }
    if (references.size() == 1) {
      return answers.size() == 1
          ? compare(answers.get(0), references.get(0))
          : Match.no("several answers where one is asked for");
    }
    if (answers.size() != references.size()) {
      return Match.no(answers.size() + " answers where there are " + references.size());
    }
    Bracket mine = bracket(a);
    Bracket theirs = bracket(r);
    boolean fits =
        switch (theirs) {
          // [2, 3] is what lies between.
          case NONE -> mine != Bracket.SQUARE || references.size() > 2;
          case CURLY -> mine == Bracket.CURLY || mine == Bracket.NONE;
          case ROUND ->
              mine == Bracket.ROUND
                  || mine == Bracket.NONE
                  || (mine == Bracket.SQUARE && references.size() > 2);
          case SQUARE ->
              mine == Bracket.SQUARE
                  || (mine == Bracket.NONE && references.size() > 2)
                  || (mine == Bracket.ROUND && references.size() > 2);
        };
    if (!fits) {
      return Match.no("other brackets mean another thing");
    }
    boolean inOrder =
        theirs == Bracket.ROUND
            || theirs == Bracket.SQUARE
            || (theirs == Bracket.NONE && mine == Bracket.ROUND);
    return inOrder ? ordered(answers, references) : unordered(answers, references);
  }

  private static Bracket bracket(Expr expression) {
    return expression instanceof Expr.Sequence sequence ? sequence.bracket() : Bracket.NONE;
  }

  private static boolean isVector(Expr expression) {
    return expression instanceof Expr.Matrix matrix
        && (matrix.rows().size() == 1 || matrix.rows().get(0).size() == 1);
  }

  private static List<Expr> vector(Expr.Matrix matrix) {
    return matrix.rows().stream().flatMap(List::stream).toList();
  }

  /** {@code x = 1, y = 2} against itself in another order, or against {@code (1, 2)}. */
  private Match assignments(Expr a, Expr r, List<Expr> answers, List<Expr> references) {
    Map<String, Expr> mine = assigned(answers);
    Map<String, Expr> theirs = assigned(references);
    if (mine == null && theirs == null) {
      return null;
    }
    if (mine != null && theirs != null) {
      if (!mine.keySet().equals(theirs.keySet())) {
        return Match.no("other variables");
      }
      return ordered(List.copyOf(mine.values()), List.copyOf(theirs.values()));
    }
    if (areIndexed((mine != null ? mine : theirs).keySet())) {
      // x_1 = 4, x_2 = -1 numbers the solutions.
      return null;
    }
    List<Expr> assigned = List.copyOf((mine != null ? mine : theirs).values());
    Expr other = mine != null ? r : a;
    List<Expr> plain = mine != null ? references : answers;
    if (bracket(other) == Bracket.CURLY || assigned.size() != plain.size()) {
      return Match.no("not the same list");
    }
    return mine != null ? ordered(assigned, plain) : ordered(plain, assigned);
  }

  private static boolean areIndexed(Set<String> names) {
    return names.stream().allMatch(name -> name.indexOf('_') > 0)
        && names.stream().map(name -> name.substring(0, name.indexOf('_'))).distinct().count() == 1;
  }

  /** Values by variable, in the order of the alphabet; null where these are no assignments. */
  private static Map<String, Expr> assigned(List<Expr> items) {
    Map<String, Expr> values = new TreeMap<>();
    for (Expr item : items) {
      Statement.Named named = Statement.named(item);
      if (named == null || values.put(named.name(), named.value()) != null) {
        return null;
      }
    }
    return values.size() < 2 ? null : new LinkedHashMap<>(values);
  }

  private Match ordered(List<Expr> answers, List<Expr> references) {
    if (answers.size() != references.size()) {
      return Match.no(answers.size() + " items where there are " + references.size());
    }
    for (int i = 0; i < answers.size(); i++) {
      Match match = compare(answers.get(i), references.get(i));
      if (!match.equal()) {
        return Match.no("item " + (i + 1) + ": " + match.how());
      }
    }
    return Match.yes("equal item by item");
  }

  private Match unordered(List<Expr> answers, List<Expr> references) {
    if (references.size() > MAX_UNORDERED) {
      return ordered(answers, references);
    }
    List<Expr> left = new ArrayList<>(answers);
    for (Expr reference : references) {
      int found = -1;
      for (int i = 0; i < left.size() && found < 0; i++) {
        if (compare(left.get(i), reference).equal()) {
          found = i;
        }
      }
      if (found < 0) {
        return Match.no("nothing there equals " + Shown.of(reference));
      }
      left.remove(found);
    }
    return Match.yes("the same items");
  }

  /** Whether this is a list of lists, as programs write a matrix. */
  private static boolean isGrid(Expr expression) {
    return expression instanceof Expr.Sequence rows
        && rows.bracket() == Bracket.SQUARE
        && rows.items().stream()
            .allMatch(
                row -> row instanceof Expr.Sequence items && items.bracket() == Bracket.SQUARE);
  }

  private static Expr grid(Expr expression) {
    return expression instanceof Expr.Sequence rows
        ? new Expr.Matrix(rows.items().stream().map(row -> ((Expr.Sequence) row).items()).toList())
        : expression;
  }

  private Match matrices(Expr a, Expr r) {
    if (!(a instanceof Expr.Matrix answer && r instanceof Expr.Matrix reference)) {
      return Match.no("not a matrix like the reference");
    }
    if (answer.rows().size() != reference.rows().size()) {
      return Match.no("another shape");
    }
    for (int i = 0; i < answer.rows().size(); i++) {
      Match row = ordered(answer.rows().get(i), reference.rows().get(i));
      if (!row.equal()) {
        return Match.no("row " + (i + 1) + ", " + row.how());
      }
    }
    return Match.yes("equal element by element");
  }

  private static Expr asQuotient(Expr expression) {
    return expression instanceof Expr.Ratio ratio && ratio.terms().size() == 2
        ? new Expr.Quotient(ratio.terms().get(0), ratio.terms().get(1))
        : expression;
  }

  private Match ratios(Expr a, Expr r) {
    if (mode == Mode.LENIENT && !(a instanceof Expr.Ratio && r instanceof Expr.Ratio)) {
      return values.compare(asQuotient(a), asQuotient(r));
    }
    if (!(a instanceof Expr.Ratio answer && r instanceof Expr.Ratio reference)) {
      return Match.no("not a ratio like the reference");
    }
    if (answer.terms().size() != reference.terms().size()) {
      return Match.no("a ratio of other length");
    }
    for (int i = 1; i < answer.terms().size(); i++) {
      boolean same =
          equivalence.equal(
              new Expr.Product(List.of(answer.terms().get(0), reference.terms().get(i))),
              new Expr.Product(List.of(answer.terms().get(i), reference.terms().get(0))));
      if (!same) {
        return Match.no("not the same ratio");
      }
    }
    return Match.yes("the same ratio");
  }
}
