package dev.hone.pipeline.data;

import java.util.Optional;

/**
 * An expression with the lengths of its numbers in place of the numbers: {@code 3*1} is three
 * digits times one.
 *
 * @param form the lengths and the operators
 * @param weight how common it is
 */
record ArithmeticShape(String form, int weight) {

  /** An expression of this shape, each number drawn with its usual share of trailing zeros. */
  String draw(Draws draws) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < form.length(); i++) {
      char c = form.charAt(i);
      if (Character.isDigit(c)) {
        text.append(TrailingZeros.number(c - '0', draws));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  /** The shape of an expression; empty where a number has more than 9 digits. */
  static Optional<String> formOf(String expression) {
    StringBuilder form = new StringBuilder();
    int digits = 0;
    for (int i = 0; i <= expression.length(); i++) {
      boolean digit = i < expression.length() && Character.isDigit(expression.charAt(i));
      if (digit) {
        digits++;
        continue;
      }
      if (digits > 9) {
        return Optional.empty();
      }
      if (digits > 0) {
        form.append(digits);
        digits = 0;
      }
      if (i < expression.length()) {
        form.append(expression.charAt(i));
      }
    }
    return Optional.of(form.toString());
  }
}
