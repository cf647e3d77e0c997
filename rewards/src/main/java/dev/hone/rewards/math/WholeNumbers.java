package dev.hone.rewards.math;

import java.math.BigInteger;
import java.util.Arrays;

/** Functions that have rational values at rational arguments. */
final class WholeNumbers {

  private static final int LARGEST_FACTORIAL = 1_000;

  private WholeNumbers() {}

  /** The exact value, or null where there is none or it is too large to write out. */
  static Rational apply(Function function, Rational[] arguments, Budget budget) {
    Rational first = arguments.length == 0 ? null : arguments[0];
    boolean whole = Arrays.stream(arguments).allMatch(Rational::isInteger);
    return switch (function) {
      case ABS -> arguments.length == 1 ? first.abs() : null;
      case FLOOR -> arguments.length == 1 ? Rational.of(first.floor()) : null;
      case CEIL -> arguments.length == 1 ? Rational.of(first.negate().floor().negate()) : null;
      case MAX -> Arrays.stream(arguments).max(Rational::compareTo).orElse(null);
      case MIN -> Arrays.stream(arguments).min(Rational::compareTo).orElse(null);
      case GCD ->
          whole
              ? Rational.of(
                  Arrays.stream(arguments)
                      .map(Rational::numerator)
                      .reduce(BigInteger.ZERO, BigInteger::gcd))
              : null;
      case LCM ->
          whole && arguments.length == 2 && !first.isZero() && !arguments[1].isZero()
              ? Rational.of(
                  first
                      .numerator()
                      .multiply(arguments[1].numerator())
                      .abs()
                      .divide(first.numerator().gcd(arguments[1].numerator())))
              : null;
      case FACTORIAL -> whole && arguments.length == 1 ? factorial(first, budget) : null;
      case BINOMIAL ->
          whole && arguments.length == 2 ? binomial(first, arguments[1], budget) : null;
      default -> null;
    };
  }

  private static Rational factorial(Rational n, Budget budget) {
    if (n.signum() < 0) {
      throw new Unreadable("the factorial of a negative number");
    }
    if (!n.isInt() || n.intValue() > LARGEST_FACTORIAL) {
      return null;
    }
    BigInteger product = BigInteger.ONE;
    for (int i = 2; i <= n.intValue(); i++) {
      product = product.multiply(BigInteger.valueOf(i));
      budget.spend(1 + product.bitLength() / 64);
    }
    return Rational.of(product);
  }

  private static Rational binomial(Rational n, Rational k, Budget budget) {
    if (!n.isInt() || !k.isInt() || n.signum() < 0 || n.intValue() > LARGEST_FACTORIAL) {
      return null;
    }
    int top = n.intValue();
    int chosen = k.intValue();
    if (chosen < 0 || chosen > top) {
      return Rational.ZERO;
    }
    BigInteger result = BigInteger.ONE;
    for (int i = 1; i <= Math.min(chosen, top - chosen); i++) {
      result = result.multiply(BigInteger.valueOf(top - i + 1)).divide(BigInteger.valueOf(i));
      budget.spend(2 + result.bitLength() / 64);
    }
    return Rational.of(result);
  }
}
