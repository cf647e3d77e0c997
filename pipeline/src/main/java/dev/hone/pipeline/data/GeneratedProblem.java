package dev.hone.pipeline.data;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * An arithmetic problem: the prompt is {@code 392*4=}, what is to be written {@code
 * 2*4=8,9*4=36,3*4+3=15#1568} with working and {@code #1568} without.
 *
 * @param expression what is asked, {@code 392*4}
 * @param answer its value
 * @param working its column arithmetic; empty where that would be too long
 */
record GeneratedProblem(String expression, long answer, Optional<String> working) {

  /** Longest text to write, in characters; with the end of sequence it takes 37 tokens. */
  static final int MAX_COMPLETION = 36;

  /** An expression of whole numbers; empty where a value on the way is negative or broken. */
  static Optional<GeneratedProblem> of(String text) {
    return Expression.parse(text)
        .flatMap(
            expression ->
                expression
                    .value()
                    .map(
                        value ->
                            new GeneratedProblem(
                                text,
                                value,
                                Optional.of(ColumnArithmetic.working(expression))
                                    .filter(w -> fits(w, value)))));
  }

  private static boolean fits(String working, long answer) {
    return working.length() + 1 + String.valueOf(answer).length() <= MAX_COMPLETION;
  }

  /** The answer alone. */
  String bare() {
    return "#" + answer;
  }

  /** With working, where there is one. */
  String longest() {
    return working.orElse("") + bare();
  }

  /** The problem as a row. */
  Map<String, Object> columns() {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("prompt", expression + "=");
    columns.put("answer", String.valueOf(answer));
    working.ifPresent(text -> columns.put("working", text));
    return columns;
  }
}
