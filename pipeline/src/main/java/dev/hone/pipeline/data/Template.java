package dev.hone.pipeline.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.InvalidInput;
import dev.hone.rewards.Columns;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Text over columns: {@code {question}} is the column's value, {@code {extra_info.index}} one
 * inside a nested column, and {@code {{} and {@code }}} are the braces themselves. The same letters
 * as Python's {@code str.format}.
 */
final class Template {

  private static final ObjectMapper JSON = new ObjectMapper();

  private enum Kind {
    LITERAL,
    COLUMN,
    /** A column that a full stop ends where nothing else does. */
    SENTENCE
  }

  /** Literal text, or the name of a column. */
  private record Part(String text, Kind kind) {

    boolean column() {
      return kind != Kind.LITERAL;
    }
  }

  /** A row lacks what the template asks for, or has null there. */
  static final class MissingColumn extends Exception {
    private static final long serialVersionUID = 1L;

    MissingColumn(String message) {
      super(message, null, false, false);
    }
  }

  private final List<Part> parts;

  private Template(List<Part> parts) {
    this.parts = parts;
  }

  /**
   * @param key what the experiment calls this template, for messages
   * @throws InvalidInput where a brace stands alone
   */
  static Template parse(String key, String source) {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < source.length()) {
      char c = source.charAt(at);
      boolean doubled = at + 1 < source.length() && source.charAt(at + 1) == c;
      if ((c == '{' || c == '}') && doubled) {
        literal.append(c);
        at += 2;
      } else if (c == '{') {
        int end = source.indexOf('}', at);
        if (end < 0 || source.substring(at + 1, end).isBlank()) {
          throw alone(key, source, at, '{');
        }
        parts.add(new Part(literal.toString(), Kind.LITERAL));
        literal.setLength(0);
        parts.add(new Part(source.substring(at + 1, end).strip(), Kind.COLUMN));
        at = end + 1;
      } else if (c == '}') {
        throw alone(key, source, at, '}');
      } else {
        literal.append(c);
        at++;
      }
    }
    parts.add(new Part(literal.toString(), Kind.LITERAL));
    return new Template(parts);
  }

  /** A column by itself. */
  static Template column(String name) {
    return new Template(List.of(new Part(name, Kind.COLUMN)));
  }

  /** Two columns that are one text, as SVAMP's {@code Body}, which may lack its full stop. */
  static Template sentences(String first, String second) {
    return new Template(
        List.of(
            new Part(first, Kind.SENTENCE),
            new Part(" ", Kind.LITERAL),
            new Part(second, Kind.COLUMN)));
  }

  /** Columns that the template asks for. */
  List<String> columns() {
    return parts.stream().filter(Part::column).map(Part::text).toList();
  }

  String fill(Map<String, Object> row) throws MissingColumn {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      if (!part.column()) {
        text.append(part.text());
        continue;
      }
      Object value = Columns.value(row, part.text());
      if (value == null) {
        throw new MissingColumn(
            Columns.contains(row, part.text())
                ? "column '" + part.text() + "' is null"
                : "no column '" + part.text() + "'");
      }
      String written = text(value);
      text.append(written);
      if (part.kind() == Kind.SENTENCE && !written.matches("(?s).*[.!?,;:]\\s*")) {
        text.append('.');
      }
    }
    return text.toString();
  }

  /** A value as a person writes it: {@code 145.0} is {@code 145}; lists and maps are JSON. */
  static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof Double || value instanceof Float || value instanceof BigDecimal) {
      double number = ((Number) value).doubleValue();
      if (!Double.isFinite(number)) {
        return value.toString();
      }
      BigDecimal exact = new BigDecimal(value.toString()).stripTrailingZeros();
      return Math.abs(exact.scale()) > 40 ? value.toString() : exact.toPlainString();
    }
    if (value instanceof List<?> || value instanceof Map<?, ?>) {
      try {
        return JSON.writeValueAsString(value);
      } catch (JsonProcessingException e) {
        return String.valueOf(value);
      }
    }
    return String.valueOf(value);
  }

  private static InvalidInput alone(String key, String source, int at, char brace) {
    return new InvalidInput(
        key
            + ": '"
            + brace
            + "' at character "
            + (at + 1)
            + " of \""
            + source.replace("\n", "\\n")
            + "\" names no column; write {column}, or "
            + brace
            + brace
            + " for the brace itself");
  }
}
