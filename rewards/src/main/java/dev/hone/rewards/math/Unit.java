package dev.hone.rewards.math;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A unit of measure.
 *
 * @param factor how many base units it is
 * @param dimensions the base units (metre, gram, second, dollar, or a thing that is counted) with
 *     their powers
 */
record Unit(Rational factor, Map<String, Integer> dimensions) {

  static final Unit PERCENT = new Unit(Rational.of(1, 100), Map.of("percent", 1));
  static final Unit DEGREE = new Unit(Rational.ONE, Map.of("degree", 1));
  static final Unit RADIAN = new Unit(Rational.ONE, Map.of("radian", 1));

  private static final Map<String, Unit> BY_NAME = new HashMap<>();

  static {
    length("1", "m", "meter", "metre");
    length("0.01", "cm", "centimeter", "centimetre");
    length("0.001", "mm", "millimeter", "millimetre");
    length("0.000001", "micrometer", "micron");
    length("0.000000001", "nm", "nanometer");
    length("0.1", "dm", "decimeter");
    length("1000", "km", "kilometer", "kilometre");
    length("0.0254", "in", "inch", "inches");
    length("0.3048", "ft", "foot", "feet");
    length("0.9144", "yd", "yard");
    length("1609.344", "mi", "mile");
    define("gram", "1", "g", "gram", "gramme");
    define("gram", "0.001", "mg", "milligram");
    define("gram", "1000", "kg", "kilogram", "kilo");
    define("gram", "453.59237", "lb", "lbs", "pound");
    define("gram", "28.349523125", "oz", "ounce");
    define("gram", "1000000", "tonne");
    define("second", "1", "s", "sec", "second");
    define("second", "0.001", "ms", "millisecond");
    define("second", "60", "min", "mins", "minute");
    define("second", "3600", "h", "hr", "hrs", "hour");
    define("second", "86400", "day");
    define("second", "604800", "week");
    define("year", "1", "year", "yr", "yrs");
    define("month", "1", "month");
    define("dollar", "1", "dollar", "usd", "buck");
    define("dollar", "0.01", "cent", "¢");
    define("euro", "1", "euro", "eur");
    define("sterling", "1", "gbp");
    define("yen", "1", "yen", "jpy");
    define("rupee", "1", "rupee", "rs");
    define("kelvin", "1", "kelvin", "K");
    define("celsius", "1", "celsius");
    define("fahrenheit", "1", "fahrenheit");
    define("coulomb", "1", "C", "coulomb");
    define("newton", "1", "N", "newton");
    define("joule", "1", "J", "joule");
    define("joule", "1000", "kJ", "kilojoule");
    define("watt", "1", "W", "watt");
    define("watt", "1000", "kW", "kilowatt");
    define("volt", "1", "V", "volt");
    define("ampere", "1", "amp", "ampere");
    define("ohm", "1", "ohm");
    define("hertz", "1", "Hz", "hz", "hertz");
    define("pascal", "1", "Pa", "pascal");
    define("mole", "1", "mol", "mole");
    define("byte", "1", "byte");
    define("bit", "1", "bit");
    BY_NAME.put("liter", volume("0.001"));
    BY_NAME.put("litre", volume("0.001"));
    BY_NAME.put("L", volume("0.001"));
    BY_NAME.put("mL", volume("0.000001"));
    BY_NAME.put("ml", volume("0.000001"));
    BY_NAME.put("milliliter", volume("0.000001"));
    BY_NAME.put("millilitre", volume("0.000001"));
    BY_NAME.put("cc", volume("0.000001"));
    BY_NAME.put("gallon", counted("gallon"));
    BY_NAME.put("mph", BY_NAME.get("mile").over(BY_NAME.get("hour")));
    BY_NAME.put("kph", BY_NAME.get("km").over(BY_NAME.get("hour")));
    BY_NAME.put("kmh", BY_NAME.get("km").over(BY_NAME.get("hour")));
    BY_NAME.put("percent", PERCENT);
    BY_NAME.put("percentage", PERCENT);
    BY_NAME.put("degree", DEGREE);
    BY_NAME.put("deg", DEGREE);
    BY_NAME.put("radian", RADIAN);
    BY_NAME.put("rad", RADIAN);
  }

  /** The unit of this name, singular or plural, or null. */
  static Unit named(String name) {
    Unit exact = BY_NAME.get(name);
    if (exact != null || name.length() < 3) {
      return exact;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    Unit unit = BY_NAME.get(lower);
    return unit == null && lower.endsWith("s")
        ? BY_NAME.get(lower.substring(0, lower.length() - 1))
        : unit;
  }

  /** A thing that is counted: apples. */
  static Unit counted(String thing) {
    return new Unit(Rational.ONE, Map.of("#" + Words.singular(thing), 1));
  }

  /** Whether this is nothing but a counted thing, which an answer may leave out or name. */
  boolean isCounted() {
    return dimensions.keySet().stream().allMatch(name -> name.startsWith("#"));
  }

  boolean isPercent() {
    return equals(PERCENT);
  }

  boolean isDegree() {
    return equals(DEGREE);
  }

  Unit times(Unit other) {
    return combined(other, 1);
  }

  Unit over(Unit other) {
    return combined(other, -1);
  }

  Unit power(int exponent) {
    Map<String, Integer> powers = new TreeMap<>();
    dimensions.forEach((name, power) -> powers.put(name, power * exponent));
    return new Unit(factor.power(exponent), powers);
  }

  private Unit combined(Unit other, int sign) {
    Map<String, Integer> powers = new TreeMap<>(dimensions);
    other.dimensions.forEach((name, power) -> powers.merge(name, sign * power, Integer::sum));
    powers.values().removeIf(power -> power == 0);
    return new Unit(
        sign > 0 ? factor.times(other.factor) : factor.over(other.factor), Map.copyOf(powers));
  }

  private static void length(String metres, String... names) {
    define("metre", metres, names);
  }

  private static void define(String dimension, String factor, String... names) {
    for (String name : names) {
      BY_NAME.put(
          name, new Unit(Rational.of(new java.math.BigDecimal(factor)), Map.of(dimension, 1)));
    }
  }

  private static Unit volume(String cubicMetres) {
    return new Unit(Rational.of(new java.math.BigDecimal(cubicMetres)), Map.of("metre", 3));
  }
}
