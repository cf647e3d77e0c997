package dev.hone.policy.jinja;

import java.util.ArrayList;
import java.util.List;

/** Python's binary operators on numbers, strings and lists. */
final class Arithmetic {

  /** Most repetitions of a string or list. */
  private static final int LONGEST = 10_000;

  private Arithmetic() {}

  static Object apply(String operator, Object a, Object b) {
    if (operator.equals("~")) {
      return Values.string(a) + Values.string(b);
    } else if (operator.equals("+") && a instanceof String x && b instanceof String y) {
      return x + y;
    } else if (operator.equals("+") && a instanceof List<?> x && b instanceof List<?> y) {
      List<Object> sum = new ArrayList<>(x);
      sum.addAll(y);
      return sum;
    } else if (operator.equals("*") && a instanceof String x && b instanceof Long times) {
      return x.repeat((int) Math.max(0, Math.min(times, LONGEST)));
    } else if (operator.equals("*") && a instanceof List<?> x && b instanceof Long times) {
      List<Object> repeated = new ArrayList<>();
      for (long i = 0; i < Math.min(times, LONGEST); i++) {
        repeated.addAll(x);
      }
      return repeated;
    } else if (operator.equals("%") && a instanceof String format) {
      return Strings.percentFormat(format, b instanceof List<?> list ? list : listOf(b));
    } else if (!Values.isNumber(a) || !Values.isNumber(b)) {
      throw new TemplateError(
          "'" + operator + "' cannot join " + Values.described(a) + " and " + Values.described(b));
    } else if (a instanceof Double || b instanceof Double || operator.equals("/")) {
      return floating(operator, Values.number(a), Values.number(b));
    }
    return whole(operator, Values.integer(a), Values.integer(b));
  }

  static Object negate(Object value) {
    return value instanceof Double number ? (Object) (-number) : (Object) (-Values.integer(value));
  }

  private static List<Object> listOf(Object value) {
    List<Object> list = new ArrayList<>();
    list.add(value);
    return list;
  }

  private static Object floating(String operator, double a, double b) {
    if ((operator.equals("/") || operator.equals("//") || operator.equals("%")) && b == 0) {
      throw new TemplateError("division by zero");
    }
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - Math.floor(a / b) * b;
      default -> Math.pow(a, b);
    };
  }

  private static Object whole(String operator, long a, long b) {
    if ((operator.equals("//") || operator.equals("%")) && b == 0) {
      throw new TemplateError("division by zero");
    }
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "//" -> Math.floorDiv(a, b);
      case "%" -> Math.floorMod(a, b);
      default -> b >= 0 ? (Object) Math.round(Math.pow(a, b)) : (Object) Math.pow(a, b);
    };
  }
}
