package dev.hone.policy.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Python's {@code json.dumps(value, ensure_ascii=False)} and the text of its numbers. */
final class Json {

  private final int indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final boolean sorted;

  private Json(Arguments options) {
    Object wide = options.get(2, "indent", null);
    this.indent = wide == null ? -1 : (int) Values.integer(wide);
    Object separators = options.get(3, "separators", null);
    this.itemSeparator =
        separators instanceof List<?> pair ? Values.string(pair.get(0)) : indent < 0 ? ", " : ",";
    this.keySeparator = separators instanceof List<?> pair ? Values.string(pair.get(1)) : ": ";
    this.sorted = Values.truth(options.get(4, "sort_keys", false));
  }

  /** The filter {@code tojson}: value, then ensure_ascii, indent, separators, sort_keys. */
  static String dumps(Arguments arguments) {
    StringBuilder out = new StringBuilder();
    new Json(arguments).write(arguments.require(0, "value"), 0, out);
    return Values.truth(arguments.get(1, "ensure_ascii", false)) ? ascii(out) : out.toString();
  }

  /** Python's repr of a float. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    } else if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e16)) {
      String digits = new BigDecimal(Double.toString(value)).unscaledValue().abs().toString();
      digits = digits.replaceFirst("0+$", "");
      int exponent = (int) Math.floor(Math.log10(size));
      String mantissa = digits.substring(0, 1);
      mantissa += digits.length() > 1 ? "." + digits.substring(1) : "";
      String sign = exponent < 0 ? "-" : "+";
      return (value < 0 ? "-" : "") + mantissa + "e" + sign + "%02d".formatted(Math.abs(exponent));
    }
    String plain = new BigDecimal(Double.toString(value)).toPlainString();
    return plain.contains(".") ? plain : plain + ".0";
  }

  private void write(Object value, int depth, StringBuilder out) {
    if (value == null) {
      out.append("null");
    } else if (value instanceof Boolean || value instanceof Long) {
      out.append(value);
    } else if (value instanceof Double number) {
      out.append(number(number));
    } else if (value instanceof String text) {
      quote(text, out);
    } else if (value instanceof List<?> list) {
      List<Runnable> items = new ArrayList<>();
      list.forEach(item -> items.add(() -> write(item, depth + 1, out)));
      enclose('[', items, ']', depth, out);
    } else if (value instanceof Map<?, ?> map) {
      List<Runnable> items = new ArrayList<>();
      Map<?, ?> entries = sorted ? new TreeMap<>(map) : map;
      entries.forEach(
          (key, item) ->
              items.add(
                  () -> {
                    quote(key instanceof String text ? text : scalar(key), out);
                    out.append(keySeparator);
                    write(item, depth + 1, out);
                  }));
      enclose('{', items, '}', depth, out);
    } else {
      throw new TemplateError(Values.described(value) + " cannot be written as JSON");
    }
  }

  private static String scalar(Object key) {
    return key == null || key instanceof Boolean ? String.valueOf(key) : Values.string(key);
  }

  private void enclose(char open, List<Runnable> items, char close, int depth, StringBuilder out) {
    out.append(open);
    for (int i = 0; i < items.size(); i++) {
      out.append(i > 0 ? itemSeparator : "");
      newline(depth + 1, out);
      items.get(i).run();
    }
    if (!items.isEmpty()) {
      newline(depth, out);
    }
    out.append(close);
  }

  private void newline(int depth, StringBuilder out) {
    if (indent >= 0) {
      out.append('\n').append(" ".repeat(indent * depth));
    }
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (char c : text.toCharArray()) {
      int simple = "\"\\\n\r\t\b\f".indexOf(c);
      if (simple >= 0) {
        out.append('\\').append("\"\\nrtbf".charAt(simple));
      } else if (c < 32) {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  private static String ascii(CharSequence text) {
    StringBuilder out = new StringBuilder();
    text.chars()
        .forEach(
            c -> {
              if (c > 126) {
                out.append("\\u%04x".formatted(c));
              } else {
                out.append((char) c);
              }
            });
    return out.toString();
  }
}
