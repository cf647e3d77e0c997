package dev.hone.rewards.math;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares single values with their units.
 *
 * <p>A whole number, a fraction or a formula must be met exactly. A reference with decimals is a
 * rounded number: a value that rounds to it at its last digit agrees, if it states two digits at
 * least ({@code 0.3} is three tenths, {@code 0.33} may be a third).
 */
final class Values {

  private static final int LENIENT_DECIMALS = 6;
  private static final int DIGITS = 40;

  private final Mode mode;
  private final Equivalence equivalence;

  Values(Mode mode, Equivalence equivalence) {
    this.mode = mode;
    this.equivalence = equivalence;
  }

  Match compare(Expr answer, Expr reference) {
    if (mode == Mode.STRICT && Undone.isSumInOneUnit(answer)) {
      return Match.no("not worked out");
    }
    Expr.Quantity measured = quantity(answer);
    Expr.Quantity expected = quantity(reference);
    if (measured == null && expected == null) {
      return numbers(answer, reference);
    }
    if (expected == null) {
      Expr.Quantity read = unitInProduct(reference, measured);
      return read != null ? quantities(measured, read) : withUnitAdded(measured, reference);
    }
    if (measured == null) {
      return withUnitOmitted(answer, expected);
    }
    return quantities(measured, expected);
  }

  /** The reference has no unit: 50 % is 50 where it asked for a percentage, and a half. */
  private Match withUnitAdded(Expr.Quantity answer, Expr reference) {
    Match plain = numbers(answer.value(), reference);
    if (plain.equal() && !(answer.unit().isPercent() && isBelowOne(reference))) {
      return answer.unit().isCounted() && answer.unit().dimensions().isEmpty()
          ? plain
          : Match.yes(plain.how() + ", the unit aside");
    }
    return answer.unit().isPercent() || answer.unit().isDegree()
        ? numbers(answer, reference)
        : plain;
  }

  /** A quarter of a percent is no quarter, while "what percentage" is answered by 25 or 25 %. */
  private boolean isBelowOne(Expr reference) {
    BigDecimal value = equivalence.decimal(reference, DIGITS);
    return value != null && value.abs().compareTo(BigDecimal.ONE) < 0;
  }

  private Match withUnitOmitted(Expr answer, Expr.Quantity reference) {
    // "5 m" in plain text is a product until the reference shows that m is its unit.
    Expr.Quantity read = unitInProduct(answer, reference);
    if (read != null) {
      return quantities(read, reference);
    }
    Match plain = numbers(answer, reference.value());
    if (plain.equal()) {
      return Match.yes(plain.how() + ", the unit left out");
    }
    if (reference.unit().isPercent()
        || (reference.unit().isDegree() && !Undone.isWrittenOut(answer))) {
      return numbers(answer, reference);
    }
    return plain;
  }

  private Match quantities(Expr.Quantity answer, Expr.Quantity reference) {
    Unit measured = answer.unit();
    Unit expected = reference.unit();
    if (measured.equals(expected)) {
      return numbers(answer.value(), reference.value());
    }
    Map<String, Integer> a = physical(measured);
    Map<String, Integer> b = physical(expected);
    boolean angles = isAngle(measured) && isAngle(expected);
    if (angles) {
      return numbers(inRadians(answer), inRadians(reference));
    }
    if (!a.equals(b) || measured.isPercent() != expected.isPercent()) {
      return Match.no("the units differ");
    }
    if (a.isEmpty() && !sameThings(measured, expected)) {
      return Match.no("the things counted differ");
    }
    if (measured.factor().equals(expected.factor())) {
      return numbers(answer.value(), reference.value());
    }
    // In the reference's unit, so that its stated digits keep their meaning.
    Expr converted =
        new Expr.Product(
            List.of(answer.value(), Expr.Number.of(measured.factor().over(expected.factor()))));
    Match match = numbers(folded(converted), reference.value());
    return match.equal() ? Match.yes(match.how() + ", after conversion of the unit") : match;
  }

  private static boolean isAngle(Unit unit) {
    return unit.isDegree() || unit.equals(Unit.RADIAN);
  }

  private static Expr inRadians(Expr.Quantity angle) {
    return angle.unit().isDegree() ? angle : angle.value();
  }

  private static Map<String, Integer> physical(Unit unit) {
    Map<String, Integer> kept = new TreeMap<>(unit.dimensions());
    kept.keySet().removeIf(name -> name.startsWith("#"));
    return kept;
  }

  private static boolean sameThings(Unit a, Unit b) {
    return a.dimensions().keySet().containsAll(b.dimensions().keySet())
        || b.dimensions().keySet().containsAll(a.dimensions().keySet())
        || a.dimensions().containsKey("#unit")
        || b.dimensions().containsKey("#unit");
  }

  private Expr folded(Expr expression) {
    Rational value = equivalence.rational(expression);
    return value == null ? expression : Expr.Number.of(value);
  }

  /** A value with its unit; several in one unit added up; null where there is none. */
  private Expr.Quantity quantity(Expr expression) {
    if (expression instanceof Expr.Quantity quantity) {
      return quantity;
    }
    if (expression instanceof Expr.Negation negation) {
      Expr.Quantity inner = quantity(negation.operand());
      return inner == null
          ? null
          : new Expr.Quantity(new Expr.Negation(inner.value()), inner.unit());
    }
    if (expression instanceof Expr.Sum sum
        && sum.terms().stream().allMatch(Expr.Quantity.class::isInstance)) {
      Expr.Quantity last = (Expr.Quantity) sum.terms().get(sum.terms().size() - 1);
      List<Expr> values =
          sum.terms().stream()
              .map(Expr.Quantity.class::cast)
              .<Expr>map(
                  q ->
                      q.unit().dimensions().equals(last.unit().dimensions())
                          ? folded(
                              new Expr.Product(
                                  List.of(
                                      q.value(),
                                      Expr.Number.of(
                                          q.unit().factor().over(last.unit().factor())))))
                          : new Expr.Words("?"))
              .toList();
      return new Expr.Quantity(folded(new Expr.Sum(values)), last.unit());
    }
    return null;
  }

  /**
   * {@code 5 m} and {@code 25 m/s} in plain text, read as quantities because the other side is one;
   * null where they are none.
   */
  private static Expr.Quantity unitInProduct(Expr expression, Expr.Quantity other) {
    if (expression instanceof Expr.Quotient quotient
        && quotient.denominator() instanceof Expr.Symbol below
        && Unit.named(below.name()) != null) {
      Expr.Quantity above = unitInProduct(quotient.numerator(), other);
      return above == null
          ? null
          : new Expr.Quantity(above.value(), above.unit().over(Unit.named(below.name())));
    }
    return expression instanceof Expr.Product product
            && product.factors().size() == 2
            && product.factors().get(1) instanceof Expr.Symbol symbol
            && Unit.named(symbol.name()) != null
            && !Variables.of(other).contains(symbol.name())
        ? new Expr.Quantity(product.factors().get(0), Unit.named(symbol.name()))
        : null;
  }

  private Match numbers(Expr answer, Expr reference) {
    if (mode == Mode.STRICT && Undone.isLeftTo(answer, reference)) {
      return Match.no("not worked out");
    }
    if (equivalence.equal(answer, reference)) {
      return Match.yes(
          Variables.of(reference).isEmpty() ? "equal as numbers" : "equal as expressions");
    }
    if (reference instanceof Expr.Negation negation
        && negation.operand() instanceof Expr.Number number) {
      return rounded(new Expr.Negation(answer), number, "not equal");
    }
    if (reference instanceof Expr.Number number && number.stated().isPresent()) {
      return rounded(answer, number, "not equal");
    }
    if (mode == Mode.LENIENT && stated(answer) != null) {
      return decimalForExact(stated(answer), reference);
    }
    return Match.no("not equal");
  }

  /** Whether a value rounds to a decimal at the last digit that it states. */
  private Match rounded(Expr answer, Expr.Number reference, String otherwise) {
    if (reference.stated().isEmpty() || reference.value().isInteger()) {
      return Match.no(otherwise);
    }
    BigDecimal stated = reference.stated().get();
    if (significantDigits(stated) < 2) {
      return Match.no(otherwise);
    }
    Rational exact = equivalence.rational(answer);
    BigDecimal value = equivalence.decimal(answer, DIGITS);
    if (value == null) {
      return Match.no(otherwise);
    }
    BigDecimal rounded =
        exact != null
            ? new BigDecimal(exact.numerator())
                .divide(new BigDecimal(exact.denominator()), stated.scale(), RoundingMode.HALF_UP)
            : value.setScale(stated.scale(), RoundingMode.HALF_UP);
    return rounded.compareTo(stated) == 0
        ? Match.yes("equal to the " + significantDigits(stated) + " digits of the reference")
        : Match.no(otherwise);
  }

  private static int significantDigits(BigDecimal stated) {
    return stated.unscaledValue().signum() == 0 ? 1 : stated.precision();
  }

  private static BigDecimal stated(Expr answer) {
    if (answer instanceof Expr.Number number) {
      return number.stated().orElse(null);
    }
    if (answer instanceof Expr.Negation negation) {
      BigDecimal inner = stated(negation.operand());
      return inner == null ? null : inner.negate();
    }
    return null;
  }

  private Match decimalForExact(BigDecimal answer, Expr reference) {
    BigDecimal value = equivalence.decimal(reference, DIGITS);
    if (value == null
        || value.signum() == 0
        || answer.scale() < LENIENT_DECIMALS && answer.precision() < LENIENT_DECIMALS) {
      return Match.no("not equal");
    }
    // Six decimals, and six digits where the number is small.
    int places =
        Math.max(LENIENT_DECIMALS, LENIENT_DECIMALS - 1 + value.scale() - value.precision() + 1);
    places = Math.min(places, Math.max(answer.scale(), LENIENT_DECIMALS));
    boolean near =
        answer
                .setScale(places, RoundingMode.HALF_UP)
                .subtract(value.setScale(places, RoundingMode.HALF_UP))
                .abs()
                .compareTo(BigDecimal.ONE.movePointLeft(places))
            <= 0;
    boolean significant =
        answer.subtract(value).abs().compareTo(value.abs().movePointLeft(LENIENT_DECIMALS - 1)) < 0;
    return near && significant
        ? Match.yes("equal to " + LENIENT_DECIMALS + " decimals")
        : Match.no("not equal");
  }
}
