package dev.hone.rewards.math;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A sum of terms, each a rational coefficient times powers of atoms. An atom is a variable, a named
 * number, a prime under a root, or an expression that nothing simplifies; powers are rational, so
 * that {@code √8} is {@code 2·2^(1/2)} and {@code √2·∛2} is {@code 2^(5/6)}. Roots of different
 * primes are independent over the rationals (Besicovitch 1940), so such sums are equal only if
 * their terms are.
 *
 * @param terms coefficient of each monomial, none of them zero
 */
record Polynomial(Map<Monomial, Rational> terms) {

  private static final int MAX_NAME = 4_000;

  static final Polynomial ZERO = new Polynomial(Map.of());
  static final Polynomial ONE = of(Rational.ONE);

  /**
   * What a term is made of besides its coefficient.
   *
   * @param name the same for the same atom
   * @param base what the atom is a root of, where that has several terms; else null
   */
  record Atom(String name, Polynomial base) implements Comparable<Atom> {
    static final Atom I = new Atom("\\i", null);
    static final Atom PI = new Atom("\\pi", null);
    static final Atom E = new Atom("\\e", null);

    static Atom prime(BigInteger prime) {
      return new Atom(prime.toString(), null);
    }

    static Atom symbol(String name) {
      return new Atom("$" + name, null);
    }

    boolean isPrime() {
      return Character.isDigit(name.charAt(0));
    }

    boolean isSymbol() {
      return name.charAt(0) == '$';
    }

    boolean isPositive() {
      return isPrime() || equals(PI) || equals(E);
    }

    @Override
    public int compareTo(Atom other) {
      return name.compareTo(other.name);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Atom atom && atom.name.equals(name);
    }

    @Override
    public int hashCode() {
      return name.hashCode();
    }
  }

  /** Powers of atoms, none of them zero. */
  record Monomial(SortedMap<Atom, Rational> powers) {
    static final Monomial ONE = new Monomial(Collections.emptySortedMap());

    boolean isOne() {
      return powers.isEmpty();
    }

    @Override
    public String toString() {
      StringBuilder shown = new StringBuilder();
      powers.forEach(
          (atom, power) -> shown.append(atom.name()).append('^').append(power).append(' '));
      return shown.toString().trim();
    }
  }

  static Polynomial of(Rational constant) {
    return constant.isZero() ? ZERO : new Polynomial(Map.of(Monomial.ONE, constant));
  }

  /** An atom to a power. Roots of primes keep a power in (0, 1). */
  static Polynomial of(Atom atom, Rational power) {
    return power.isZero() ? ONE : term(Rational.ONE, Map.of(atom, power));
  }

  boolean isZero() {
    return terms.isEmpty();
  }

  /** The one term, or null. */
  Map.Entry<Monomial, Rational> single() {
    return terms.size() == 1 ? terms.entrySet().iterator().next() : null;
  }

  /** The value where this is a rational number, or null. */
  Rational constant() {
    if (terms.isEmpty()) {
      return Rational.ZERO;
    }
    Map.Entry<Monomial, Rational> single = single();
    return single != null && single.getKey().isOne() ? single.getValue() : null;
  }

  Polynomial plus(Polynomial other, Budget budget) {
    budget.spend(terms.size() + other.terms.size());
    Map<Monomial, Rational> sum = new HashMap<>(terms);
    other.terms.forEach(
        (monomial, coefficient) ->
            sum.merge(
                monomial,
                coefficient,
                (a, b) -> {
                  Rational total = a.plus(b);
                  return total.isZero() ? null : total;
                }));
    return new Polynomial(sum);
  }

  Polynomial negate() {
    Map<Monomial, Rational> negated = new HashMap<>();
    terms.forEach((monomial, coefficient) -> negated.put(monomial, coefficient.negate()));
    return new Polynomial(negated);
  }

  Polynomial scaled(Rational factor) {
    if (factor.isZero()) {
      return ZERO;
    }
    Map<Monomial, Rational> scaled = new HashMap<>();
    terms.forEach((monomial, coefficient) -> scaled.put(monomial, coefficient.times(factor)));
    return new Polynomial(scaled);
  }

  Polynomial times(Polynomial other, Budget budget) {
    Polynomial product = ZERO;
    Map<Monomial, Rational> plain = new HashMap<>();
    for (Map.Entry<Monomial, Rational> left : terms.entrySet()) {
      for (Map.Entry<Monomial, Rational> right : other.terms.entrySet()) {
        budget.spend(
            4
                + left.getKey().powers().size()
                + right.getKey().powers().size()
                + (left.getValue().bits() + right.getValue().bits()) / 64);
        Rational coefficient = left.getValue().times(right.getValue());
        Map<Atom, Rational> powers = new HashMap<>(left.getKey().powers());
        right.getKey().powers().forEach((atom, power) -> powers.merge(atom, power, Rational::plus));
        List<Polynomial> unrooted = new ArrayList<>();
        for (Map.Entry<Atom, Rational> entry : powers.entrySet()) {
          Polynomial base = entry.getKey().base();
          if (base != null && entry.getValue().compareTo(Rational.ONE) >= 0) {
            int whole = entry.getValue().floor().intValueExact();
            entry.setValue(entry.getValue().minus(Rational.of(whole)));
            unrooted.add(base.power(whole, budget));
          }
        }
        Polynomial term = term(coefficient, powers);
        for (Polynomial base : unrooted) {
          term = term.times(base, budget);
        }
        if (unrooted.isEmpty() && term.terms.size() == 1) {
          Map.Entry<Monomial, Rational> one = term.single();
          plain.merge(
              one.getKey(),
              one.getValue(),
              (a, b) -> {
                Rational total = a.plus(b);
                return total.isZero() ? null : total;
              });
        } else {
          product = product.plus(term, budget);
        }
      }
    }
    return product.isZero() ? new Polynomial(plain) : product.plus(new Polynomial(plain), budget);
  }

  /** To a whole power of at least 0, by squaring. */
  Polynomial power(int exponent, Budget budget) {
    Polynomial result = ONE;
    Polynomial square = this;
    for (int left = exponent; left > 0; left >>= 1) {
      if ((left & 1) == 1) {
        result = result.times(square, budget);
      }
      if (left > 1) {
        square = square.times(square, budget);
      }
    }
    return result;
  }

  /**
   * One term in normal form: whole powers of primes go to the coefficient while that stays small,
   * and {@code i² = -1}.
   */
  static Polynomial term(Rational coefficient, Map<Atom, Rational> powers) {
    Rational factor = coefficient;
    SortedMap<Atom, Rational> kept = new TreeMap<>();
    for (Map.Entry<Atom, Rational> entry : powers.entrySet()) {
      Atom atom = entry.getKey();
      Rational power = entry.getValue();
      if (atom.isPrime()) {
        BigInteger whole = power.floor();
        BigInteger prime = new BigInteger(atom.name());
        if (whole.bitLength() < 31
            && (long) whole.abs().intValueExact() * prime.bitLength() <= Budget.MAX_BITS) {
          factor = factor.times(Rational.of(prime).power(whole.intValueExact()));
          power = power.minus(Rational.of(whole));
        } else {
          // The power stays written as one, and takes in what the coefficient has of its prime.
          int inside = multiplicity(factor.numerator(), prime);
          int below = multiplicity(factor.denominator(), prime);
          factor = factor.times(Rational.of(prime).power(below - inside));
          power = power.plus(Rational.of(inside - below));
        }
      } else if (atom.equals(Atom.I) && power.isInteger()) {
        int quarter = power.numerator().mod(BigInteger.valueOf(4)).intValue();
        if (quarter >= 2) {
          factor = factor.negate();
        }
        power = Rational.of(quarter % 2);
      }
      if (!power.isZero()) {
        kept.put(atom, power);
      }
    }
    return factor.isZero() ? ZERO : new Polynomial(Map.of(new Monomial(kept), factor));
  }

  private static int multiplicity(BigInteger number, BigInteger prime) {
    int times = 0;
    BigInteger left = number;
    while (left.signum() != 0) {
      BigInteger[] parts = left.divideAndRemainder(prime);
      if (parts[1].signum() != 0) {
        break;
      }
      left = parts[0];
      times++;
    }
    return times;
  }

  /** The positive number that divides every coefficient and leaves whole ones without a divisor. */
  Rational content() {
    BigInteger numerators = BigInteger.ZERO;
    BigInteger denominators = BigInteger.ONE;
    for (Rational coefficient : terms.values()) {
      numerators = numerators.gcd(coefficient.numerator());
      BigInteger denominator = coefficient.denominator();
      denominators = denominators.divide(denominators.gcd(denominator)).multiply(denominator);
    }
    return numerators.signum() == 0 ? Rational.ONE : new Rational(numerators, denominators);
  }

  /** A text that is the same for equal polynomials. */
  String canonical(Budget budget) {
    TreeMap<String, Rational> sorted = new TreeMap<>();
    int length = 0;
    for (Map.Entry<Monomial, Rational> term : terms.entrySet()) {
      String monomial = term.getKey().toString();
      length += monomial.length() + term.getValue().bits() / 3;
      if (length > MAX_NAME) {
        throw new Budget.Exceeded("too large to compare");
      }
      budget.spend(1 + monomial.length() / 8);
      sorted.put(monomial, term.getValue());
    }
    return sorted.toString();
  }
}
