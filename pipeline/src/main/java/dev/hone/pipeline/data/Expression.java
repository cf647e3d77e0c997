package dev.hone.pipeline.data;

import java.util.Optional;

/** An arithmetic expression over whole numbers, as people write it: {@code 12*(3+4)}. */
sealed interface Expression {

  /** A number as written. */
  record Number(long digits) implements Expression {}

  /** {@code left operator right}, the operator one of {@code + - * /}. */
  record Operation(char operator, Expression left, Expression right) implements Expression {}

  /** Values past this are not worth computing, and would overflow. */
  long LIMIT = 1_000_000_000L;

  /** Its value; empty where a value on the way is negative, no whole number or past the limit. */
  default Optional<Long> value() {
    if (this instanceof Number number) {
      return Optional.of(number.digits());
    }
    Operation operation = (Operation) this;
    Optional<Long> left = operation.left().value();
    Optional<Long> right = operation.right().value();
    if (left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    long a = left.get();
    long b = right.get();
    long value;
    switch (operation.operator()) {
      case '+' -> value = a + b;
      case '-' -> value = a - b;
      case '*' -> value = a * b;
      default -> {
        if (b == 0 || a % b != 0) {
          return Optional.empty();
        }
        value = a / b;
      }
    }
    return value < 0 || value > LIMIT ? Optional.empty() : Optional.of(value);
  }

  /**
   * Reads an expression with the usual precedence, operators of one rank from the left. Empty where
   * the text is none, is a number alone, or writes a number with leading zeros or a sign.
   */
  static Optional<Expression> parse(String text) {
    Reader reader = new Reader(text);
    try {
      Expression expression = reader.sum();
      return reader.at == text.length() && expression instanceof Operation
          ? Optional.of(expression)
          : Optional.empty();
    } catch (Reader.NotAnExpression e) {
      return Optional.empty();
    }
  }

  /** Recursive descent over the text; deeper than {@link #MAX_DEPTH} parentheses is refused. */
  final class Reader {

    private static final int MAX_DEPTH = 20;
    private static final int MAX_DIGITS = 9;

    private static final class NotAnExpression extends Exception {
      private static final long serialVersionUID = 1L;

      NotAnExpression() {
        super(null, null, false, false);
      }
    }

    private final String text;
    private int at;
    private int depth;

    private Reader(String text) {
      this.text = text;
    }

    private Expression sum() throws NotAnExpression {
      Expression left = product();
      while (next() == '+' || next() == '-') {
        char operator = text.charAt(at++);
        left = new Operation(operator, left, product());
      }
      return left;
    }

    private Expression product() throws NotAnExpression {
      Expression left = operand();
      while (next() == '*' || next() == '/') {
        char operator = text.charAt(at++);
        left = new Operation(operator, left, operand());
      }
      return left;
    }

    private Expression operand() throws NotAnExpression {
      if (next() == '(') {
        at++;
        if (++depth > MAX_DEPTH) {
          throw new NotAnExpression();
        }
        Expression inner = sum();
        if (next() != ')') {
          throw new NotAnExpression();
        }
        at++;
        depth--;
        return inner;
      }
      int start = at;
      while (next() >= '0' && next() <= '9') {
        at++;
      }
      int digits = at - start;
      if (digits == 0 || digits > MAX_DIGITS || (digits > 1 && text.charAt(start) == '0')) {
        throw new NotAnExpression();
      }
      return new Number(Long.parseLong(text.substring(start, at)));
    }

    private char next() {
      return at < text.length() ? text.charAt(at) : '\0';
    }
  }
}
