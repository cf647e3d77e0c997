package dev.hone.pipeline.data;

import java.util.Map;
import java.util.Optional;

/**
 * An arithmetic problem: the prompt is {@code 392*4=}, what is to be written {@code
 * 2*4=8,9*4=36,3*4+3=15#1568} with working and {@code #1568} without.
 *
 * @param expression what is asked, {@code 392*4}
 * @param answer its value
 * @param working its column arithmetic
 */
record GeneratedProblem(String expression, long answer, String working) {

  /** Longest text to write, in characters; with the end of sequence it takes 37 tokens. */
  static final int MAX_COMPLETION = 36;

  private static final long MAX_ANSWER = 99_999;

  /**
   * An expression of whole numbers as a problem; empty where a value on the way is negative or
   * broken, the answer has more than five digits, or the working would be too long.
   */
  static Optional<GeneratedProblem> of(String text) {
    Optional<Expression> expression = Expression.parse(text);
    Optional<Long> value = expression.flatMap(Expression::value).filter(v -> v <= MAX_ANSWER);
    return value
        .map(v -> new GeneratedProblem(text, v, ColumnArithmetic.working(expression.get())))
        .filter(problem -> problem.worked().length() <= MAX_COMPLETION);
  }

  /** The answer alone. */
  String bare() {
    return "#" + answer;
  }

  /** The working, then the answer. */
  String worked() {
    return working + bare();
  }

  /** The problem as a row. */
  Map<String, Object> columns() {
    return Map.of("prompt", expression + "=", "answer", String.valueOf(answer), "working", working);
  }
}
