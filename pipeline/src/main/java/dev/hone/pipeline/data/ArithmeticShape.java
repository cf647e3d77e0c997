package dev.hone.pipeline.data;

/**
 * An expression with the form of its numbers in place of the numbers: {@code 3z*1} is three digits,
 * the last of them zero, times one digit.
 *
 * @param form for each number its length and a {@code z} for each zero at its end; operators and
 *     parentheses as they are
 * @param weight how common it is
 */
record ArithmeticShape(String form, int weight) {

  /** How the numbers of a shape are drawn. */
  @FunctionalInterface
  interface Numbers {

    /** A number of {@code digits} digits, {@code zeros} of them meant to be zeros at its end. */
    String draw(int digits, int zeros, Draws draws);
  }

  /** The shape of an expression, with weight 1. Its numbers have at most 9 digits. */
  static ArithmeticShape of(String expression) {
    StringBuilder form = new StringBuilder();
    int at = 0;
    while (at < expression.length()) {
      int end = at;
      while (end < expression.length() && Character.isDigit(expression.charAt(end))) {
        end++;
      }
      if (end == at) {
        form.append(expression.charAt(at++));
        continue;
      }
      String number = expression.substring(at, end);
      int significant = number.length();
      while (significant > 1 && number.charAt(significant - 1) == '0') {
        significant--;
      }
      form.append(number.length()).append("z".repeat(number.length() - significant));
      at = end;
    }
    return new ArithmeticShape(form.toString(), 1);
  }

  /** An expression of this shape. */
  String draw(Numbers numbers, Draws draws) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < form.length()) {
      char c = form.charAt(at++);
      if (!Character.isDigit(c)) {
        text.append(c);
        continue;
      }
      int zeros = 0;
      while (at < form.length() && form.charAt(at) == 'z') {
        zeros++;
        at++;
      }
      text.append(numbers.draw(c - '0', zeros, draws));
    }
    return text.toString();
  }
}
