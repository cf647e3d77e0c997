package dev.hone.rewards.math;

import dev.hone.rewards.math.Polynomial.Atom;
import dev.hone.rewards.math.Polynomial.Monomial;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings expressions to quotients of {@link Polynomial}s, in exact arithmetic. Two expressions
 * whose cross products agree are equal. Where they disagree the expressions are unequal for
 * certain, unless {@link #opaque()}: then an atom stood for something (a sine, a nested root) that
 * may equal another combination of atoms, and only numbers can tell.
 */
final class NormalForm {

  /** A quotient; the denominator is not zero. */
  record Fraction(Polynomial numerator, Polynomial denominator) {
    Rational constant() {
      Rational below = denominator.constant();
      Rational above = numerator.constant();
      return above == null || below == null ? null : above.over(below);
    }
  }

  private static final Fraction I = fraction(Polynomial.of(Atom.I, Rational.ONE));
  private static final int SMALLEST_UNTRIED = 2_000;

  private final Budget budget;
  private boolean opaque;

  NormalForm(Budget budget) {
    this.budget = budget;
  }

  /** Whether some part of what was read so far may have other forms than the one it was given. */
  boolean opaque() {
    return opaque;
  }

  boolean equal(Expr left, Expr right) {
    Fraction a = of(left);
    Fraction b = of(right);
    return a.numerator()
        .times(b.denominator(), budget)
        .plus(b.numerator().times(a.denominator(), budget).negate(), budget)
        .isZero();
  }

  /**
   * The normal form of a value.
   *
   * @throws Unreadable where it has no value (a division by zero) or is not one number
   * @throws Budget.Exceeded where it is too large
   */
  Fraction of(Expr expression) {
    budget.spend(1);
    if (expression instanceof Expr.Number number) {
      return fraction(Polynomial.of(number.value()));
    }
    if (expression instanceof Expr.Based based) {
      return fraction(Polynomial.of(based.value()));
    }
    if (expression instanceof Expr.Symbol symbol) {
      return fraction(Polynomial.of(Atom.symbol(symbol.name()), Rational.ONE));
    }
    if (expression instanceof Expr.Constant constant) {
      return switch (constant) {
        case PI -> fraction(Polynomial.of(Atom.PI, Rational.ONE));
        case E -> fraction(Polynomial.of(Atom.E, Rational.ONE));
        case I -> I;
        case INFINITY -> throw new Unreadable("infinity is no number");
      };
    }
    if (expression instanceof Expr.Sum sum) {
      Fraction total = of(sum.terms().get(0));
      for (Expr term : sum.terms().subList(1, sum.terms().size())) {
        total = plus(total, of(term));
      }
      return total;
    }
    if (expression instanceof Expr.Negation negation) {
      Fraction operand = of(negation.operand());
      return new Fraction(operand.numerator().negate(), operand.denominator());
    }
    if (expression instanceof Expr.Product product) {
      Fraction total = of(product.factors().get(0));
      for (Expr factor : product.factors().subList(1, product.factors().size())) {
        total = times(total, of(factor));
      }
      return total;
    }
    if (expression instanceof Expr.Quotient quotient) {
      return times(of(quotient.numerator()), inverse(of(quotient.denominator())));
    }
    if (expression instanceof Expr.Power power) {
      return power(of(power.base()), of(power.exponent()));
    }
    if (expression instanceof Expr.Root root) {
      return power(of(root.radicand()), inverse(of(root.index())));
    }
    if (expression instanceof Expr.Call call) {
      return call(call);
    }
    if (expression instanceof Expr.Quantity quantity) {
      Fraction value = of(quantity.value());
      if (quantity.unit().isPercent()) {
        return times(value, fraction(Polynomial.of(Unit.PERCENT.factor())));
      }
      if (quantity.unit().isDegree()) {
        return times(
            value, fraction(Polynomial.of(Atom.PI, Rational.ONE).scaled(Rational.of(1, 180))));
      }
      throw new Unreadable("a unit within a formula");
    }
    throw new Unreadable("'" + Shown.of(expression) + "' is not one value");
  }

  private static Fraction fraction(Polynomial numerator) {
    return new Fraction(numerator, Polynomial.ONE);
  }

  private Fraction plus(Fraction a, Fraction b) {
    if (a.denominator().equals(b.denominator())) {
      return new Fraction(a.numerator().plus(b.numerator(), budget), a.denominator());
    }
    return new Fraction(
        a.numerator()
            .times(b.denominator(), budget)
            .plus(b.numerator().times(a.denominator(), budget), budget),
        a.denominator().times(b.denominator(), budget));
  }

  private Fraction times(Fraction a, Fraction b) {
    return new Fraction(
        a.numerator().times(b.numerator(), budget),
        a.denominator().equals(Polynomial.ONE) && b.denominator().equals(Polynomial.ONE)
            ? Polynomial.ONE
            : a.denominator().times(b.denominator(), budget));
  }

  private Fraction inverse(Fraction fraction) {
    Polynomial below = fraction.numerator();
    if (below.isZero()) {
      throw new Unreadable("a division by zero");
    }
    Map.Entry<Monomial, Rational> single = below.single();
    if (single == null
        || single.getKey().powers().keySet().stream().anyMatch(a -> a.base() != null)) {
      return new Fraction(fraction.denominator(), below);
    }
    // One term is inverted in place, so that 1/√2 and √2/2 look alike.
    Map<Atom, Rational> powers = new HashMap<>();
    single.getKey().powers().forEach((atom, power) -> powers.put(atom, power.negate()));
    Polynomial inverted = Polynomial.term(Rational.ONE.over(single.getValue()), powers);
    return fraction(fraction.denominator().times(inverted, budget));
  }

  private Fraction power(Fraction base, Fraction exponent) {
    Rational rational = exponent.constant();
    if (rational == null) {
      return symbolicPower(base, exponent);
    }
    if (rational.signum() < 0) {
      return inverse(power(base, fraction(Polynomial.of(rational.negate()))));
    }
    if (rational.isZero()) {
      if (base.numerator().isZero()) {
        throw new Unreadable("0 to the power 0");
      }
      return fraction(Polynomial.ONE);
    }
    return new Fraction(power(base.numerator(), rational), power(base.denominator(), rational));
  }

  /** A polynomial to a positive power. */
  private Polynomial power(Polynomial base, Rational exponent) {
    if (base.isZero() || base.equals(Polynomial.ONE)) {
      return base;
    }
    Map.Entry<Monomial, Rational> single = base.single();
    if (single != null) {
      Polynomial scaled = monomialPower(single.getKey(), exponent);
      return scaled == null
          ? opaquePower(base, exponent)
          : scaled.times(numberPower(single.getValue(), exponent), budget);
    }
    if (exponent.compareTo(Rational.of(1_000)) > 0) {
      return opaquePower(base, exponent);
    }
    int whole = exponent.floor().intValueExact();
    Polynomial result = base.power(whole, budget);
    Rational rest = exponent.minus(Rational.of(whole));
    if (rest.isZero()) {
      return result;
    }
    Rational content = base.content();
    Polynomial primitive = base.scaled(Rational.ONE.over(content));
    opaque = true;
    return result
        .times(numberPower(content, rest), budget)
        .times(
            Polynomial.of(new Atom("root " + primitive.canonical(budget), primitive), rest),
            budget);
  }

  /** Null where the powers of the monomial may not simply be multiplied: {@code √(x²)} is |x|. */
  private static Polynomial monomialPower(Monomial monomial, Rational exponent) {
    Map<Atom, Rational> powers = new HashMap<>();
    for (Map.Entry<Atom, Rational> entry : monomial.powers().entrySet()) {
      Atom atom = entry.getKey();
      boolean even = !entry.getValue().numerator().testBit(0);
      boolean evenRoot = !exponent.denominator().testBit(0);
      if (!exponent.isInteger()
          && (atom.equals(Atom.I)
              || (!atom.isPositive() && even && evenRoot)
              || atom.base() != null)) {
        return null;
      }
      if (atom.base() != null) {
        return null;
      }
      powers.put(atom, entry.getValue().times(exponent));
    }
    return Polynomial.term(Rational.ONE, powers);
  }

  private Polynomial opaquePower(Polynomial base, Rational exponent) {
    Map.Entry<Monomial, Rational> single = base.single();
    if (single != null && exponent.isInteger() && exponent.compareTo(Rational.of(64)) <= 0) {
      return base.power(exponent.intValue(), budget);
    }
    opaque = true;
    return Polynomial.of(
        new Atom("power " + base.canonical(budget) + " " + exponent, null), Rational.ONE);
  }

  /** A rational number to a rational power, as roots of primes. */
  private Polynomial numberPower(Rational number, Rational exponent) {
    if (exponent.isInt()
        && (long) number.bits() * Math.abs((long) exponent.intValue()) <= Budget.MAX_BITS) {
      return Polynomial.of(number.power(exponent.intValue()));
    }
    Polynomial sign = Polynomial.ONE;
    if (number.signum() < 0) {
      boolean oddRoot = exponent.denominator().testBit(0);
      if (oddRoot) {
        // The real root: the cube root of -8 is -2.
        sign = exponent.numerator().testBit(0) ? Polynomial.ONE.negate() : Polynomial.ONE;
      } else if (exponent.denominator().equals(BigInteger.TWO)) {
        sign = Polynomial.of(Atom.I, Rational.of(exponent.numerator().mod(BigInteger.valueOf(4))));
      } else {
        opaque = true;
        return Polynomial.of(new Atom("power " + number + " " + exponent, null), Rational.ONE);
      }
    }
    Map<Atom, Rational> powers = new HashMap<>();
    factors(number.numerator().abs(), exponent, powers);
    factors(number.denominator(), exponent.negate(), powers);
    return Polynomial.term(Rational.ONE, powers).times(sign, budget);
  }

  /** Divides by the small primes; what is left over counts as one, and may be composite. */
  private void factors(BigInteger number, Rational exponent, Map<Atom, Rational> powers) {
    BigInteger left = number;
    if (left.bitLength() > Budget.MAX_BITS) {
      throw new Budget.Exceeded("too large to compare");
    }
    for (int divisor = 2; divisor < SMALLEST_UNTRIED && left.bitLength() > 1; divisor++) {
      if (left.bitLength() < 31 && (long) divisor * divisor > left.intValue()) {
        break;
      }
      budget.spend(1 + left.bitLength() / 256);
      BigInteger prime = BigInteger.valueOf(divisor);
      int times = 0;
      BigInteger[] parts = left.divideAndRemainder(prime);
      while (parts[1].signum() == 0) {
        left = parts[0];
        times++;
        parts = left.divideAndRemainder(prime);
        budget.spend(1 + left.bitLength() / 256);
      }
      if (times > 0) {
        powers.merge(Atom.prime(prime), exponent.times(Rational.of(times)), Rational::plus);
      }
    }
    if (!left.equals(BigInteger.ONE)) {
      opaque |= left.bitLength() > 21;
      powers.merge(Atom.prime(left), exponent, Rational::plus);
    }
  }

  /** A power whose exponent has variables: {@code b^(u+cv)} is {@code b^u · (b^v)^c}. */
  private Fraction symbolicPower(Fraction base, Fraction exponent) {
    Polynomial polynomial = exponent.numerator();
    Rational below = exponent.denominator().constant();
    Map.Entry<Monomial, Rational> single = base.numerator().single();
    boolean plain =
        below != null
                && base.denominator().equals(Polynomial.ONE)
                && single != null
                && single.getValue().signum() > 0
                && single.getKey().powers().keySet().stream().allMatch(Atom::isPositive)
            || below != null && isSymbol(base);
    if (!plain) {
      opaque = true;
      String name = "power " + canonical(base) + " " + canonical(exponent);
      return fraction(Polynomial.of(new Atom(name, null), Rational.ONE));
    }
    Map<Atom, Rational> bases = new HashMap<>(single.getKey().powers());
    factors(single.getValue().numerator(), Rational.ONE, bases);
    factors(single.getValue().denominator(), Rational.of(-1), bases);
    Polynomial result = Polynomial.ONE;
    for (Map.Entry<Monomial, Rational> term : polynomial.terms().entrySet()) {
      Rational coefficient = term.getValue().over(below);
      boolean variable = term.getKey().powers().keySet().stream().anyMatch(Atom::isSymbol);
      opaque |= !variable && !term.getKey().isOne();
      Map<Atom, Rational> powers = new HashMap<>();
      bases.forEach(
          (atom, power) -> {
            Atom raised =
                term.getKey().isOne()
                    ? atom
                    : new Atom(atom.name() + "^(" + term.getKey() + ")'", null);
            Atom kept = term.getKey().isOne() ? raised : new Atom("raised " + raised.name(), null);
            powers.merge(kept, power.times(coefficient), Rational::plus);
          });
      result = result.times(Polynomial.term(Rational.ONE, powers), budget);
    }
    return fraction(result);
  }

  private static boolean isSymbol(Fraction base) {
    Map.Entry<Monomial, Rational> single = base.numerator().single();
    return base.denominator().equals(Polynomial.ONE)
        && single != null
        && single.getValue().isOne()
        && single.getKey().powers().keySet().stream().allMatch(Atom::isSymbol);
  }

  private String canonical(Fraction fraction) {
    return fraction.numerator().canonical(budget) + "/" + fraction.denominator().canonical(budget);
  }

  private Fraction call(Expr.Call call) {
    List<Expr> arguments = call.arguments();
    if (call.function() == Function.EXP && arguments.size() == 1) {
      return power(fraction(Polynomial.of(Atom.E, Rational.ONE)), of(arguments.get(0)));
    }
    if (call.function() == Function.DETERMINANT
        && arguments.size() == 1
        && arguments.get(0) instanceof Expr.Matrix matrix) {
      return determinant(matrix.rows());
    }
    if (call.function() == Function.LN && arguments.size() == 1) {
      return logarithm(of(arguments.get(0)));
    }
    if (call.function() == Function.LOG && arguments.size() <= 2) {
      Fraction base =
          arguments.size() == 2 ? of(arguments.get(1)) : fraction(Polynomial.of(Rational.of(10)));
      return times(logarithm(of(arguments.get(0))), inverse(logarithm(base)));
    }
    Rational exact = null;
    StringBuilder name = new StringBuilder(call.function().plainName());
    Rational[] values = new Rational[arguments.size()];
    boolean rational = true;
    for (int i = 0; i < values.length; i++) {
      Fraction argument = of(arguments.get(i));
      values[i] = argument.constant();
      rational &= values[i] != null;
      name.append(' ').append(canonical(argument));
    }
    if (rational) {
      exact = WholeNumbers.apply(call.function(), values, budget);
    }
    if (exact != null) {
      return fraction(Polynomial.of(exact));
    }
    opaque = true;
    return fraction(Polynomial.of(new Atom(name.toString(), null), Rational.ONE));
  }

  /** {@code ln} of one term is a sum over its factors. */
  private Fraction logarithm(Fraction argument) {
    Map.Entry<Monomial, Rational> single = argument.numerator().single();
    if (argument.numerator().isZero()) {
      throw new Unreadable("the logarithm of zero");
    }
    if (single == null
        || !argument.denominator().equals(Polynomial.ONE)
        || single.getValue().signum() < 0
        || single.getKey().powers().keySet().stream()
            .anyMatch(a -> a.equals(Atom.I) || a.base() != null)) {
      opaque = true;
      return fraction(Polynomial.of(new Atom("ln " + canonical(argument), null), Rational.ONE));
    }
    Map<Atom, Rational> powers = new HashMap<>(single.getKey().powers());
    factors(single.getValue().numerator(), Rational.ONE, powers);
    factors(single.getValue().denominator(), Rational.of(-1), powers);
    Polynomial sum = Polynomial.ZERO;
    for (Map.Entry<Atom, Rational> entry : powers.entrySet()) {
      Polynomial part =
          entry.getKey().equals(Atom.E)
              ? Polynomial.ONE
              : Polynomial.of(new Atom("ln " + entry.getKey().name(), null), Rational.ONE);
      opaque |= !entry.getKey().equals(Atom.E);
      sum = sum.plus(part.scaled(entry.getValue()), budget);
    }
    return fraction(sum);
  }

  private Fraction determinant(List<List<Expr>> rows) {
    int size = rows.size();
    if (size != rows.get(0).size() || size > 5) {
      throw new Unreadable("a determinant of no small square matrix");
    }
    if (size == 1) {
      return of(rows.get(0).get(0));
    }
    Fraction total = fraction(Polynomial.ZERO);
    for (int column = 0; column < size; column++) {
      int skipped = column;
      List<List<Expr>> minor =
          rows.subList(1, size).stream()
              .map(
                  row ->
                      java.util.stream.IntStream.range(0, size)
                          .filter(i -> i != skipped)
                          .mapToObj(row::get)
                          .toList())
              .toList();
      Fraction product = times(of(rows.get(0).get(column)), determinant(minor));
      total =
          plus(
              total,
              column % 2 == 0
                  ? product
                  : new Fraction(product.numerator().negate(), product.denominator()));
    }
    return total;
  }
}
