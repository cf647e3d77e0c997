package dev.hone.rewards.math;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** An exact fraction in lowest terms, its denominator positive. */
record Rational(BigInteger numerator, BigInteger denominator) implements Comparable<Rational> {

  static final Rational ZERO = of(0);
  static final Rational ONE = of(1);
  static final Rational HALF = of(1, 2);

  Rational {
    if (denominator.signum() == 0) {
      throw new ArithmeticException("a fraction with denominator 0");
    }
    if (!denominator.equals(BigInteger.ONE)) {
      BigInteger common = numerator.gcd(denominator);
      if (denominator.signum() < 0) {
        common = common.negate();
      }
      numerator = numerator.divide(common);
      denominator = denominator.divide(common);
    }
  }

  static Rational of(long value) {
    return new Rational(BigInteger.valueOf(value), BigInteger.ONE);
  }

  static Rational of(long numerator, long denominator) {
    return new Rational(BigInteger.valueOf(numerator), BigInteger.valueOf(denominator));
  }

  static Rational of(BigInteger value) {
    return new Rational(value, BigInteger.ONE);
  }

  static Rational of(BigDecimal value) {
    return value.scale() <= 0
        ? of(value.toBigIntegerExact())
        : new Rational(value.unscaledValue(), BigInteger.TEN.pow(value.scale()));
  }

  Rational plus(Rational other) {
    if (isInteger() && other.isInteger()) {
      return of(numerator.add(other.numerator));
    }
    return new Rational(
        numerator.multiply(other.denominator).add(other.numerator.multiply(denominator)),
        denominator.multiply(other.denominator));
  }

  Rational minus(Rational other) {
    return plus(other.negate());
  }

  Rational times(Rational other) {
    return new Rational(
        numerator.multiply(other.numerator), denominator.multiply(other.denominator));
  }

  Rational over(Rational other) {
    return new Rational(
        numerator.multiply(other.denominator), denominator.multiply(other.numerator));
  }

  Rational negate() {
    return new Rational(numerator.negate(), denominator);
  }

  Rational abs() {
    return signum() < 0 ? negate() : this;
  }

  /** This to a whole power; the caller bounds the size. */
  Rational power(int exponent) {
    return exponent >= 0
        ? new Rational(numerator.pow(exponent), denominator.pow(exponent))
        : new Rational(denominator.pow(-exponent), numerator.pow(-exponent));
  }

  BigInteger floor() {
    BigInteger[] parts = numerator.divideAndRemainder(denominator);
    return parts[1].signum() < 0 ? parts[0].subtract(BigInteger.ONE) : parts[0];
  }

  int signum() {
    return numerator.signum();
  }

  boolean isZero() {
    return numerator.signum() == 0;
  }

  boolean isOne() {
    return numerator.equals(BigInteger.ONE) && denominator.equals(BigInteger.ONE);
  }

  boolean isInteger() {
    return denominator.equals(BigInteger.ONE);
  }

  /** Whether this is a whole number that fits an {@code int}. */
  boolean isInt() {
    return isInteger() && numerator.bitLength() < 32;
  }

  int intValue() {
    return numerator.intValueExact();
  }

  /** Bits of the larger part: what an operation on this costs. */
  int bits() {
    return Math.max(numerator.bitLength(), denominator.bitLength());
  }

  BigDecimal decimal(MathContext precision) {
    return new BigDecimal(numerator).divide(new BigDecimal(denominator), precision);
  }

  /** To so many places after the point, halves away from zero. */
  BigDecimal rounded(int places) {
    return new BigDecimal(numerator)
        .divide(new BigDecimal(denominator), places, RoundingMode.HALF_UP);
  }

  @Override
  public int compareTo(Rational other) {
    return numerator.multiply(other.denominator).compareTo(other.numerator.multiply(denominator));
  }

  @Override
  public String toString() {
    return isInteger() ? numerator.toString() : numerator + "/" + denominator;
  }
}
