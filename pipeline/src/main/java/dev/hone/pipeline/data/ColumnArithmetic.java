package dev.hone.pipeline.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes down how a person works an expression out on paper, a digit at a time:
 *
 * <ul>
 *   <li>addition and subtraction from the right with carries and borrows, {@code 126+122}: {@code
 *       6+2=8,2+2=4,1+1=2}; {@code 523-187}: {@code 13-7=6,12-8-1=3,5-1-1=3}. Digits with nothing
 *       to add are not written down again;
 *   <li>multiplication by one digit likewise, {@code 392*4}: {@code 2*4=8,9*4=36,3*4+3=15}; by more
 *       as partial products and their running sum, {@code 34*27}: {@code 34*7=238,34*2=68:918};
 *   <li>division digit by digit with quotient and remainder, {@code 156/12}: {@code
 *       15/12=1r3,36/12=3r0};
 *   <li>trailing zeros are set aside, {@code 1200/40} is worked as {@code 120/4};
 *   <li>several operators one after another, {@code 12*3+4}: {@code 2*3=6,1*3=3>36;6+4=10,3+1=4},
 *       {@code >} giving the value on the way where the last step does not show it.
 * </ul>
 */
final class ColumnArithmetic {

  private ColumnArithmetic() {}

  /** The working of an expression that has a value. */
  static String working(Expression expression) {
    List<String> parts = new ArrayList<>();
    work(expression, parts);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      // The value of the last operation is the answer, which stands elsewhere.
      text.append(i == parts.size() - 1 ? part.substring(0, part.indexOf('>')) : shown(part));
      text.append(i == parts.size() - 1 ? "" : ";");
    }
    return text.toString();
  }

  /** Without the value where the only step ends in it: {@code 3*4=12>12} is {@code 3*4=12}. */
  private static String shown(String part) {
    int mark = part.indexOf('>');
    String steps = part.substring(0, mark);
    return !steps.contains(",") && steps.endsWith("=" + part.substring(mark + 1)) ? steps : part;
  }

  private static long work(Expression expression, List<String> parts) {
    if (expression instanceof Expression.Number number) {
      return number.digits();
    }
    Expression.Operation operation = (Expression.Operation) expression;
    long a = work(operation.left(), parts);
    long b = work(operation.right(), parts);
    long value =
        new Expression.Operation(
                operation.operator(), new Expression.Number(a), new Expression.Number(b))
            .value()
            .orElseThrow();
    parts.add(String.join(",", steps(operation.operator(), a, b)) + ">" + value);
    return value;
  }

  /** The steps of one operation on whole numbers whose result is a whole number of at least 0. */
  static List<String> steps(char operator, long a, long b) {
    return switch (operator) {
      case '+' -> {
        long zeros = commonPower(a, b);
        yield addition(digits(a / zeros), digits(b / zeros));
      }
      case '-' -> {
        long zeros = commonPower(a, b);
        yield subtraction(digits(a / zeros), digits(b / zeros));
      }
      case '*' -> multiplication(a / power(a), b / power(b));
      case '/' -> {
        long zeros = commonPower(a, b);
        yield division(digits(a / zeros), b / zeros);
      }
      default -> throw new IllegalArgumentException("operator " + operator);
    };
  }

  private static List<String> addition(int[] a, int[] b) {
    List<String> steps = new ArrayList<>();
    int carry = 0;
    for (int i = 0; i < Math.max(a.length, b.length); i++) {
      boolean both = i < a.length && i < b.length;
      if (!both && carry == 0) {
        break;
      }
      int x = i < a.length ? a[i] : b[i];
      int y = both ? b[i] : 0;
      int sum = x + y + carry;
      steps.add(x + (both ? "+" + y : "") + (carry > 0 ? "+" + carry : "") + "=" + sum);
      carry = sum / 10;
    }
    return steps;
  }

  private static List<String> subtraction(int[] a, int[] b) {
    List<String> steps = new ArrayList<>();
    int borrow = 0;
    for (int i = 0; i < a.length; i++) {
      boolean both = i < b.length;
      if (!both && borrow == 0) {
        break;
      }
      int taken = (both ? b[i] : 0) + borrow;
      int x = a[i] < taken ? a[i] + 10 : a[i];
      steps.add(
          x + (both ? "-" + b[i] : "") + (borrow > 0 ? "-" + borrow : "") + "=" + (x - taken));
      borrow = a[i] < taken ? 1 : 0;
    }
    return steps;
  }

  private static List<String> multiplication(long a, long b) {
    if (b < 10) {
      return byOneDigit(digits(a), (int) b);
    }
    if (a < 10) {
      return byOneDigit(digits(b), (int) a);
    }
    long longer = digits(a).length >= digits(b).length ? a : b;
    long shorter = longer == a ? b : a;
    List<String> steps = new ArrayList<>();
    long sum = 0;
    long place = 1;
    for (int digit : digits(shorter)) {
      if (digit > 0) {
        long product = longer * digit;
        String step = longer + "*" + digit + "=" + product;
        steps.add(sum == 0 ? step : step + ":" + (sum + product * place));
        sum += product * place;
      }
      place *= 10;
    }
    return steps;
  }

  private static List<String> byOneDigit(int[] a, int digit) {
    List<String> steps = new ArrayList<>();
    int carry = 0;
    for (int x : a) {
      int product = x * digit + carry;
      steps.add(x + "*" + digit + (carry > 0 ? "+" + carry : "") + "=" + product);
      carry = product / 10;
    }
    return steps;
  }

  private static List<String> division(int[] a, long b) {
    List<String> steps = new ArrayList<>();
    long rest = 0;
    for (int i = a.length - 1; i >= 0; i--) {
      rest = rest * 10 + a[i];
      boolean leading = steps.isEmpty() && rest < b && i > 0;
      if (leading) {
        continue;
      }
      steps.add(rest + "/" + b + "=" + rest / b + "r" + rest % b);
      rest %= b;
      if (rest == 0 && onlyZeros(a, i)) {
        break;
      }
    }
    return steps;
  }

  private static boolean onlyZeros(int[] a, int below) {
    for (int i = 0; i < below; i++) {
      if (a[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** The largest power of ten that divides both; 1 where either is 0. */
  private static long commonPower(long a, long b) {
    return Math.min(power(a), power(b));
  }

  private static long power(long number) {
    long power = 1;
    while (number != 0 && number % (power * 10) == 0) {
      power *= 10;
    }
    return power;
  }

  /** Digits of a number, the last first. */
  private static int[] digits(long number) {
    String text = Long.toString(number);
    int[] digits = new int[text.length()];
    for (int i = 0; i < digits.length; i++) {
      digits[i] = text.charAt(text.length() - 1 - i) - '0';
    }
    return digits;
  }
}
