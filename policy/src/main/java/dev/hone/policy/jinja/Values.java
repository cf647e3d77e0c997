package dev.hone.policy.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What Python's data does: truth, equality, order, text, arithmetic. */
final class Values {

  private Values() {}

  static boolean truth(Object value) {
    if (value == null || value instanceof Undefined) {
      return false;
    } else if (value instanceof Boolean truth) {
      return truth;
    } else if (value instanceof String text) {
      return !text.isEmpty();
    } else if (value instanceof List<?> list) {
      return !list.isEmpty();
    } else if (value instanceof Map<?, ?> map) {
      return !map.isEmpty();
    } else if (value instanceof Number number) {
      return number.doubleValue() != 0;
    }
    return true;
  }

  static boolean equal(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return a instanceof Double || b instanceof Double
          ? number(a) == number(b)
          : integer(a) == integer(b);
    } else if (a instanceof List<?> x && b instanceof List<?> y) {
      if (x.size() != y.size()) {
        return false;
      }
      for (int i = 0; i < x.size(); i++) {
        if (!equal(x.get(i), y.get(i))) {
          return false;
        }
      }
      return true;
    } else if (a instanceof Undefined && b instanceof Undefined) {
      return true;
    }
    return Objects.equals(a, b);
  }

  static int compare(Object a, Object b) {
    if (isNumber(a) && isNumber(b)) {
      return Double.compare(number(a), number(b));
    } else if (a instanceof String x && b instanceof String y) {
      return x.compareTo(y);
    } else if (a instanceof List<?> x && b instanceof List<?> y) {
      for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
        if (!equal(x.get(i), y.get(i))) {
          return compare(x.get(i), y.get(i));
        }
      }
      return Integer.compare(x.size(), y.size());
    }
    throw new TemplateError("cannot order " + described(a) + " and " + described(b));
  }

  static boolean contains(Object container, Object item) {
    if (container instanceof String text) {
      if (item instanceof String part) {
        return text.contains(part);
      }
      throw new TemplateError("only a string can be in a string, found " + described(item));
    } else if (container instanceof Map<?, ?> map) {
      return map.containsKey(item);
    }
    return iterate(container).stream().anyMatch(element -> equal(element, item));
  }

  /** Elements of a list, characters of a string, keys of a mapping; nothing of the undefined. */
  static List<?> iterate(Object value) {
    if (value instanceof List<?> list) {
      return list;
    } else if (value instanceof Map<?, ?> map) {
      return new ArrayList<>(map.keySet());
    } else if (value instanceof String text) {
      return text.codePoints().mapToObj(Character::toString).toList();
    } else if (value instanceof Undefined) {
      return List.of();
    }
    throw new TemplateError(described(value) + " cannot be iterated over");
  }

  static long length(Object value) {
    if (value instanceof String text) {
      return text.codePointCount(0, text.length());
    } else if (value instanceof Map<?, ?> map) {
      return map.size();
    }
    return iterate(value).size();
  }

  static boolean isNumber(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  static double number(Object value) {
    if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    } else if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw new TemplateError("a number is needed, found " + described(value));
  }

  static long integer(Object value) {
    if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    } else if (value instanceof Long number) {
      return number;
    }
    throw new TemplateError("a whole number is needed, found " + described(value));
  }

  static String string(Object value) {
    if (value instanceof String text) {
      return text;
    } else if (value instanceof Undefined) {
      return "";
    }
    return repr(value);
  }

  static String repr(Object value) {
    if (value == null) {
      return "None";
    } else if (value instanceof Boolean truth) {
      return truth ? "True" : "False";
    } else if (value instanceof Double number) {
      return Json.number(number);
    } else if (value instanceof String text) {
      return quoted(text);
    } else if (value instanceof Undefined) {
      return "Undefined";
    } else if (value instanceof List<?> list) {
      return "[" + String.join(", ", list.stream().map(Values::repr).toList()) + "]";
    } else if (value instanceof Map<?, ?> map) {
      List<String> entries = new ArrayList<>();
      map.forEach((key, element) -> entries.add(repr(key) + ": " + repr(element)));
      return "{" + String.join(", ", entries) + "}";
    }
    return value.toString();
  }

  private static String quoted(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder out = new StringBuilder().append(quote);
    text.codePoints()
        .forEach(
            c -> {
              int simple = "\n\r\t\\".indexOf(c);
              if (simple >= 0) {
                out.append('\\').append("nrt\\".charAt(simple));
              } else if (c == quote) {
                out.append('\\').append(quote);
              } else if (c < 32 || c == 127) {
                out.append(String.format("\\x%02x", c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.append(quote).toString();
  }

  /** For messages: what kind of value it is. */
  static String described(Object value) {
    if (value instanceof Undefined undefined) {
      return undefined.name() + ", which is undefined";
    } else if (value instanceof String) {
      return "a string";
    } else if (value instanceof Map) {
      return "a mapping";
    } else if (value instanceof List) {
      return "a list";
    }
    return repr(value);
  }
}
