package dev.hone.rewards.math;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * What an answer says, as a tree: first the kinds that have a value, then those that put values
 * together. The parser bounds its depth and size, so that walking it by recursion is safe.
 */
sealed interface Expr {

  /**
   * A number written out.
   *
   * @param value its exact value
   * @param stated the decimal as written, with as many digits; empty for a whole number, a fraction
   *     or a repeating decimal
   */
  record Number(Rational value, Optional<BigDecimal> stated) implements Expr {
    static Number of(Rational value) {
      return new Number(value, Optional.empty());
    }

    static Number of(long value) {
      return of(Rational.of(value));
    }
  }

  /** A whole number in another base than ten; {@code 211_3}. */
  record Based(String digits, int base, Rational value) implements Expr {}

  /** A variable, with its subscript and primes: {@code x}, {@code a_1}, {@code \alpha}. */
  record Symbol(String name) implements Expr {}

  /** A number with a name. */
  enum Constant implements Expr {
    PI,
    E,
    I,
    INFINITY
  }

  record Sum(List<Expr> terms) implements Expr {}

  record Product(List<Expr> factors) implements Expr {}

  record Quotient(Expr numerator, Expr denominator) implements Expr {}

  record Negation(Expr operand) implements Expr {}

  record Power(Expr base, Expr exponent) implements Expr {}

  /** {@code index} is 2 for a square root. */
  record Root(Expr radicand, Expr index) implements Expr {}

  /** A function of the standard library, by its plain name ({@code sin}, {@code log}). */
  record Call(Function function, List<Expr> arguments) implements Expr {}

  /** {@code center ± offset}, two values at once; {@code mirrored} for minus-plus. */
  record PlusMinus(Expr center, Expr offset) implements Expr {}

  /** A value with its unit. */
  record Quantity(Expr value, Unit unit) implements Expr {}

  /** How a sequence is enclosed. */
  enum Bracket {
    /** Commas alone, or words: {@code 1, 2 and 3}. Order does not matter. */
    NONE,
    /** A tuple or point; with two items it may be an open interval. */
    ROUND,
    /** A list; with two items it may be a closed interval. */
    SQUARE,
    /** A set. */
    CURLY
  }

  record Sequence(Bracket bracket, List<Expr> items) implements Expr {}

  /** An interval that its brackets or infinity show to be one. */
  record Interval(Expr low, boolean lowClosed, Expr high, boolean highClosed) implements Expr {}

  /** Alternatives: {@code 7 or 8}. */
  record Alternatives(List<Expr> items) implements Expr {}

  /** A ratio {@code 2:3:5}. */
  record Ratio(List<Expr> terms) implements Expr {}

  /** Operations between sets. */
  enum SetOperator {
    UNION,
    INTERSECTION,
    DIFFERENCE
  }

  record SetOperation(SetOperator operator, Expr left, Expr right) implements Expr {}

  /** A set that has a name. */
  enum NamedSet implements Expr {
    EMPTY,
    REALS,
    INTEGERS,
    NATURALS,
    RATIONALS,
    COMPLEX
  }

  /** {@code {element | condition}}. */
  record Builder(Expr element, Expr condition) implements Expr {}

  /** Rows of equal length. */
  record Matrix(List<List<Expr>> rows) implements Expr {}

  /** {@code a = b < c}: operands with an operator between each two. */
  record Relation(List<Expr> operands, List<RelationOperator> operators) implements Expr {}

  enum RelationOperator {
    EQUAL,
    APPROXIMATE,
    NOT_EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    IN,
    CONGRUENT;

    boolean isInequality() {
      return this == LESS || this == LESS_OR_EQUAL || this == GREATER || this == GREATER_OR_EQUAL;
    }

    boolean isStrict() {
      return this == LESS || this == GREATER;
    }

    boolean pointsLeft() {
      return this == LESS || this == LESS_OR_EQUAL;
    }

    /** The operator read from the other side. */
    RelationOperator mirrored() {
      return switch (this) {
        case LESS -> GREATER;
        case LESS_OR_EQUAL -> GREATER_OR_EQUAL;
        case GREATER -> LESS;
        case GREATER_OR_EQUAL -> LESS_OR_EQUAL;
        default -> this;
      };
    }
  }

  /** {@code ...}: the writer left something out. */
  record Ellipsis() implements Expr {}

  /** Words, in lower case, single-spaced. */
  record Words(String text) implements Expr {}
}
