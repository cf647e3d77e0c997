package dev.hone.rewards.math;

import ch.obermuhlner.math.big.BigComplex;
import ch.obermuhlner.math.big.BigComplexMath;
import ch.obermuhlner.math.big.BigDecimalMath;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;

/**
 * Evaluates an expression in complex numbers of many digits, at given values of its variables. It
 * keeps the size of the largest term it added, since what two large terms leave of each other is
 * known only to that term's last digit.
 */
final class Evaluation {

  /** Beyond this no result is a sensible answer, and none is computed. */
  private static final int LARGEST_LOGARITHM = 20_000;

  private static final BigDecimal LARGEST_ANGLE = BigDecimal.valueOf(1_000_000_000L);

  /** What a function costs at each digit of precision. */
  private static final int STEPS_A_DIGIT = 50;

  private final MathContext precision;
  private final Map<String, BigDecimal> variables;
  private final Budget budget;
  private BigDecimal scale = BigDecimal.ZERO;

  Evaluation(int digits, Map<String, BigDecimal> variables, Budget budget) {
    this.budget = budget;
    this.precision = new MathContext(digits, RoundingMode.HALF_EVEN);
    this.variables = variables;
  }

  /** The size of the largest term of any sum so far. */
  BigDecimal scale() {
    return scale;
  }

  MathContext precision() {
    return precision;
  }

  /**
   * The value.
   *
   * @throws Unreadable where there is none: a division by zero, a logarithm of zero
   * @throws Budget.Exceeded where it takes too much work
   */
  BigComplex of(Expr expression) {
    budget.spend(10);
    if (expression instanceof Expr.Number number) {
      return real(number.value());
    }
    if (expression instanceof Expr.Based based) {
      return real(based.value());
    }
    if (expression instanceof Expr.Symbol symbol) {
      BigDecimal value = variables.get(symbol.name());
      if (value == null) {
        throw new Unreadable("'" + symbol.name() + "' has no value");
      }
      return BigComplex.valueOf(value);
    }
    if (expression instanceof Expr.Constant constant) {
      return switch (constant) {
        case PI -> BigComplex.valueOf(BigDecimalMath.pi(precision));
        case E -> BigComplex.valueOf(BigDecimalMath.e(precision));
        case I -> BigComplex.I;
        case INFINITY -> throw new Unreadable("infinity is no number");
      };
    }
    if (expression instanceof Expr.Sum sum) {
      BigComplex total = BigComplex.ZERO;
      for (Expr term : sum.terms()) {
        BigComplex value = of(term);
        scale = scale.max(size(value));
        total = total.add(value, precision);
      }
      return total;
    }
    if (expression instanceof Expr.Negation negation) {
      return of(negation.operand()).negate();
    }
    if (expression instanceof Expr.Product product) {
      BigComplex total = BigComplex.ONE;
      for (Expr factor : product.factors()) {
        total = bounded(total.multiply(of(factor), precision));
      }
      return total;
    }
    if (expression instanceof Expr.Quotient quotient) {
      return divide(of(quotient.numerator()), of(quotient.denominator()));
    }
    if (expression instanceof Expr.Power power) {
      return power(of(power.base()), power.exponent());
    }
    if (expression instanceof Expr.Root root) {
      return power(of(root.radicand()), new Expr.Quotient(Expr.Number.of(1), root.index()));
    }
    if (expression instanceof Expr.Call call) {
      return call(call);
    }
    if (expression instanceof Expr.Quantity quantity) {
      if (quantity.unit().isPercent()) {
        return of(quantity.value()).multiply(real(Unit.PERCENT.factor()), precision);
      }
      if (quantity.unit().isDegree()) {
        return of(quantity.value())
            .multiply(BigDecimalMath.pi(precision), precision)
            .divide(BigDecimal.valueOf(180), precision);
      }
    }
    throw new Unreadable("'" + Shown.of(expression) + "' is not one value");
  }

  /** Whether a value is too small, beside the terms it came from, to be known from zero. */
  boolean vanishes(BigComplex value) {
    return size(value)
            .compareTo(scale.max(BigDecimal.ZERO).scaleByPowerOfTen(12 - precision.getPrecision()))
        <= 0;
  }

  static BigDecimal size(BigComplex value) {
    return value.re.abs().max(value.im.abs());
  }

  private BigComplex real(Rational value) {
    return BigComplex.valueOf(value.decimal(precision));
  }

  private BigComplex divide(BigComplex above, BigComplex below) {
    if (size(below).signum() == 0 || (scale.signum() > 0 && vanishes(below))) {
      throw new Unreadable("a division by zero");
    }
    return bounded(above.divide(below, precision));
  }

  private BigComplex power(BigComplex base, Expr exponent) {
    Rational rational = rational(exponent);
    if (size(base).signum() == 0) {
      if (rational != null && rational.signum() > 0) {
        return BigComplex.ZERO;
      }
      throw new Unreadable("a power of zero");
    }
    if (rational != null && rational.isInt()) {
      int whole = rational.intValue();
      checkLogarithm(base, BigDecimal.valueOf(whole));
      BigComplex raised = BigComplexMath.pow(base, Math.abs((long) whole), precision);
      return whole < 0 ? divide(BigComplex.ONE, raised) : raised;
    }
    count();
    if (rational != null
        && base.isReal()
        && base.re.signum() < 0
        && rational.denominator().testBit(0)) {
      // The real root, as in the normal form.
      BigComplex root = power(base.negate(), exponent);
      return rational.numerator().testBit(0) ? root.negate() : root;
    }
    if (rational != null && rational.equals(Rational.HALF) && base.isReal()) {
      return base.re.signum() >= 0
          ? BigComplex.valueOf(BigDecimalMath.sqrt(base.re, precision))
          : BigComplex.valueOf(BigDecimal.ZERO, BigDecimalMath.sqrt(base.re.negate(), precision));
    }
    BigComplex power = rational != null ? real(rational) : of(exponent);
    checkLogarithm(base, size(power));
    BigComplex logarithm = BigComplexMath.log(base, precision);
    return exp(logarithm.multiply(power, precision));
  }

  /** A rational number that stands as an exponent, or null. */
  private static Rational rational(Expr exponent) {
    if (exponent instanceof Expr.Number number) {
      return number.value();
    }
    if (exponent instanceof Expr.Negation negation) {
      Rational operand = rational(negation.operand());
      return operand == null ? null : operand.negate();
    }
    if (exponent instanceof Expr.Quotient quotient) {
      Rational above = rational(quotient.numerator());
      Rational below = rational(quotient.denominator());
      return above == null || below == null || below.isZero() ? null : above.over(below);
    }
    return null;
  }

  private void checkLogarithm(BigComplex base, BigDecimal exponent) {
    BigDecimal size = size(base);
    int digits = size.precision() - size.scale();
    double logarithm = Math.max(1, Math.abs(digits)) * 2.303;
    if (exponent.abs().doubleValue() * logarithm > LARGEST_LOGARITHM) {
      throw new Budget.Exceeded("too large to evaluate");
    }
  }

  private BigComplex exp(BigComplex value) {
    if (value.re.abs().compareTo(BigDecimal.valueOf(LARGEST_LOGARITHM)) > 0
        || value.im.abs().compareTo(LARGEST_ANGLE) > 0) {
      throw new Budget.Exceeded("too large to evaluate");
    }
    BigDecimal size = BigDecimalMath.exp(value.re, precision);
    if (value.im.signum() == 0) {
      return BigComplex.valueOf(size);
    }
    return BigComplex.valueOf(
        size.multiply(BigDecimalMath.cos(value.im, precision), precision),
        size.multiply(BigDecimalMath.sin(value.im, precision), precision));
  }

  private BigComplex bounded(BigComplex value) {
    BigDecimal size = size(value);
    if (size.signum() != 0
        && Math.abs((long) size.precision() - size.scale()) > LARGEST_LOGARITHM) {
      throw new Budget.Exceeded("too large to evaluate");
    }
    return value;
  }

  private void count() {
    budget.spend(STEPS_A_DIGIT * precision.getPrecision());
  }

  private BigComplex call(Expr.Call call) {
    count();
    List<Expr> arguments = call.arguments();
    if (call.function() == Function.DETERMINANT) {
      throw new Unreadable("a determinant within a function");
    }
    BigComplex first = of(arguments.get(0));
    if (arguments.size() > 1) {
      return ofSeveral(call.function(), arguments, first);
    }
    return switch (call.function()) {
      case SIN, COS, TAN, COT, SEC, CSC -> trigonometric(call.function(), first);
      case SINH -> half(exp(first).subtract(exp(first.negate()), precision));
      case COSH -> half(exp(first).add(exp(first.negate()), precision));
      case TANH ->
          divide(
              exp(first).subtract(exp(first.negate()), precision),
              exp(first).add(exp(first.negate()), precision));
      case ARCSIN -> BigComplex.valueOf(BigDecimalMath.asin(inUnitInterval(first), precision));
      case ARCCOS -> BigComplex.valueOf(BigDecimalMath.acos(inUnitInterval(first), precision));
      case ARCTAN -> BigComplex.valueOf(BigDecimalMath.atan(moderate(real(first)), precision));
      case LN -> logarithm(first);
      case LOG -> logarithm(first).divide(BigDecimalMath.log(BigDecimal.TEN, precision), precision);
      case EXP -> exp(first);
      case ABS -> BigComplex.valueOf(first.isReal() ? first.re.abs() : first.abs(precision));
      case FLOOR -> BigComplex.valueOf(nearWhole(real(first)).setScale(0, RoundingMode.FLOOR));
      case CEIL -> BigComplex.valueOf(nearWhole(real(first)).setScale(0, RoundingMode.CEILING));
      case FACTORIAL -> BigComplex.valueOf(factorial(real(first)));
      case RE -> BigComplex.valueOf(first.re);
      case IM -> BigComplex.valueOf(first.im);
      case CONJUGATE -> first.conjugate();
      default -> throw new Unreadable("'" + call.function().plainName() + "' of one value");
    };
  }

  private BigComplex ofSeveral(Function function, List<Expr> arguments, BigComplex first) {
    BigComplex second = of(arguments.get(1));
    if (function == Function.LOG && arguments.size() == 2) {
      return divide(logarithm(first), logarithm(second));
    }
    Rational[] values = new Rational[arguments.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Rational.of(nearWhole(real(of(arguments.get(i)))).stripTrailingZeros());
    }
    Rational exact = WholeNumbers.apply(function, values, budget);
    if (exact == null) {
      throw new Unreadable("'" + function.plainName() + "' of these values");
    }
    return real(exact);
  }

  private BigComplex trigonometric(Function function, BigComplex angle) {
    if (angle.im.signum() != 0) {
      throw new Unreadable("an angle that is not real");
    }
    BigDecimal value = angle.re;
    if (value.abs().compareTo(LARGEST_ANGLE) > 0) {
      throw new Budget.Exceeded("an angle too large to evaluate");
    }
    BigComplex sine = BigComplex.valueOf(BigDecimalMath.sin(value, precision));
    BigComplex cosine = BigComplex.valueOf(BigDecimalMath.cos(value, precision));
    scale = scale.max(BigDecimal.ONE);
    return switch (function) {
      case SIN -> sine;
      case COS -> cosine;
      case TAN -> divide(sine, cosine);
      case COT -> divide(cosine, sine);
      case SEC -> divide(BigComplex.ONE, cosine);
      default -> divide(BigComplex.ONE, sine);
    };
  }

  private BigComplex logarithm(BigComplex value) {
    if (size(value).signum() == 0 || (scale.signum() > 0 && vanishes(value))) {
      throw new Unreadable("the logarithm of zero");
    }
    return value.isReal() && value.re.signum() > 0
        ? BigComplex.valueOf(BigDecimalMath.log(value.re, precision))
        : BigComplexMath.log(value, precision);
  }

  private BigComplex half(BigComplex value) {
    return value.divide(BigDecimal.valueOf(2), precision);
  }

  private static BigDecimal inUnitInterval(BigComplex value) {
    BigDecimal real = real(value);
    if (real.abs().compareTo(BigDecimal.ONE) > 0) {
      throw new Unreadable("an inverse function outside [-1, 1]");
    }
    return real;
  }

  private static BigDecimal moderate(BigDecimal value) {
    if (value.abs().compareTo(LARGEST_ANGLE) > 0) {
      throw new Budget.Exceeded("too large to evaluate");
    }
    return value;
  }

  private static BigDecimal real(BigComplex value) {
    if (value.im.signum() != 0) {
      throw new Unreadable("a complex number where a real one is needed");
    }
    return value.re;
  }

  /** A value that rounding left a hair beside a whole number is that number. */
  private BigDecimal nearWhole(BigDecimal value) {
    if (value.precision() - value.scale() > 300) {
      throw new Budget.Exceeded("too large to evaluate");
    }
    BigDecimal whole = value.setScale(0, RoundingMode.HALF_EVEN);
    BigDecimal hair = BigDecimal.ONE.scaleByPowerOfTen(15 - precision.getPrecision());
    return value.subtract(whole).abs().compareTo(hair) < 0 ? whole : value;
  }

  private BigDecimal factorial(BigDecimal value) {
    Rational whole = Rational.of(nearWhole(value).stripTrailingZeros());
    Rational exact =
        whole.isInteger()
            ? WholeNumbers.apply(Function.FACTORIAL, new Rational[] {whole}, budget)
            : null;
    if (exact == null) {
      throw new Unreadable("a factorial of no small whole number");
    }
    return exact.decimal(precision);
  }
}
