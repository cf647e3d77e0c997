package dev.hone.rewards.code;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON as Python's {@code json} writes it: integers of any size, {@code NaN} and {@code Infinity}.
 * What an untrusted program sends is bounded in depth, and any fault is one exception.
 *
 * <p>Read values are null, Boolean, BigInteger, Double, String, List and Map.
 */
final class Json {

  /** The text is not JSON. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  private static final int DEEPEST = 500;
  private static final int LONGEST_NUMBER = 100_000;

  private final String text;
  private int at;
  private int depth;

  private Json(String text) {
    this.text = text;
  }

  static Object read(String text) throws Malformed {
    Json json = new Json(text);
    Object value = json.value();
    json.space();
    if (json.at < text.length()) {
      throw json.fault("nothing more");
    }
    return value;
  }

  private Object value() throws Malformed {
    space();
    char next = peek();
    return switch (next) {
      case '{' -> map();
      case '[' -> list();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      case 'N' -> word("NaN", Double.NaN);
      case 'I' -> word("Infinity", Double.POSITIVE_INFINITY);
      default -> {
        if (text.startsWith("-Infinity", at)) {
          yield word("-Infinity", Double.NEGATIVE_INFINITY);
        }
        yield number();
      }
    };
  }

  private Object word(String word, Object value) throws Malformed {
    if (!text.startsWith(word, at)) {
      throw fault(word);
    }
    at += word.length();
    return value;
  }

  private Map<String, Object> map() throws Malformed {
    deeper();
    Map<String, Object> map = new LinkedHashMap<>();
    at++;
    space();
    while (peek() != '}') {
      if (!map.isEmpty()) {
        expect(',');
        space();
      }
      String key = string();
      space();
      expect(':');
      map.put(key, value());
      space();
    }
    at++;
    depth--;
    return map;
  }

  private List<Object> list() throws Malformed {
    deeper();
    List<Object> list = new ArrayList<>();
    at++;
    space();
    while (peek() != ']') {
      if (!list.isEmpty()) {
        expect(',');
      }
      list.add(value());
      space();
    }
    at++;
    depth--;
    return list;
  }

  private String string() throws Malformed {
    expect('"');
    StringBuilder string = new StringBuilder();
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return string.toString();
      }
      string.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() throws Malformed {
    char c = peek();
    at++;
    return switch (c) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case '"', '\\', '/' -> c;
      case 'u' -> {
        if (at + 4 > text.length() || !text.substring(at, at + 4).matches("[0-9a-fA-F]{4}")) {
          throw fault("four hexadecimal digits");
        }
        at += 4;
        yield (char) Integer.parseInt(text.substring(at - 4, at), 16);
      }
      default -> throw fault("an escape");
    };
  }

  private Object number() throws Malformed {
    int from = at;
    boolean whole = true;
    while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
      whole &= ".eE".indexOf(text.charAt(at)) < 0;
      at++;
    }
    if (at - from > LONGEST_NUMBER) {
      throw fault("a number of at most " + LONGEST_NUMBER + " digits");
    }
    try {
      String number = text.substring(from, at);
      return whole ? (Object) new BigInteger(number) : (Object) Double.valueOf(number);
    } catch (NumberFormatException e) {
      throw fault("a value");
    }
  }

  private void deeper() throws Malformed {
    if (++depth > DEEPEST) {
      throw fault("at most " + DEEPEST + " levels");
    }
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws Malformed {
    if (at >= text.length()) {
      throw fault("more");
    }
    return text.charAt(at);
  }

  private void expect(char c) throws Malformed {
    if (peek() != c) {
      throw fault("'" + c + "'");
    }
    at++;
  }

  private Malformed fault(String expected) {
    return new Malformed("at character " + at + " of JSON: expected " + expected);
  }

  /** Writes what {@link #read} reads, and whatever numbers a data set's row has. */
  static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    if (value instanceof String string) {
      writeString(string, out);
    } else if (value instanceof Map<?, ?> map) {
      out.append('{');
      String separator = "";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.append(separator);
        writeString(String.valueOf(entry.getKey()), out);
        out.append(':');
        write(entry.getValue(), out);
        separator = ",";
      }
      out.append('}');
    } else if (value instanceof List<?> list) {
      out.append('[');
      String separator = "";
      for (Object item : list) {
        out.append(separator);
        write(item, out);
        separator = ",";
      }
      out.append(']');
    } else {
      out.append(value); // null, a boolean, a number; NaN and Infinity as Python has them
    }
  }

  private static void writeString(String string, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }
}
