package dev.hone.rewards.code;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A value of Python as data: what a function was given, what it returned, what it should have
 * returned. Only builtin values are; anything else is an {@link Opaque} that equals nothing.
 *
 * <p>On its way it is JSON in which a kind that JSON lacks is a map of one key, its tag: {@code
 * {"tuple": [1, 2]}}, {@code {"float": "inf"}}, {@code {"dict": [[1, "a"]]}}.
 */
sealed interface PythonValue {

  record None() implements PythonValue {}

  record Bool(boolean value) implements PythonValue {}

  record Int(BigInteger value) implements PythonValue {}

  record Float(double value) implements PythonValue {}

  record Complex(double real, double imaginary) implements PythonValue {}

  record Text(String value) implements PythonValue {}

  /** Bytes, in hexadecimal digits. */
  record Bytes(String hex) implements PythonValue {}

  /**
   * Items in order.
   *
   * @param kind list or tuple; {@code plain} for what was written as JSON, which cannot tell
   */
  record Sequence(String kind, List<PythonValue> items) implements PythonValue {}

  record SetOf(List<PythonValue> items) implements PythonValue {}

  /**
   * Pairs of key and value.
   *
   * @param plain whether it was written as JSON, whose keys are strings whatever they were before
   */
  record Dict(List<PythonValue> keys, List<PythonValue> values, boolean plain)
      implements PythonValue {}

  /** Something that is no data: named for the reader. */
  record Opaque(String description) implements PythonValue {}

  /**
   * A value as the program's side sent it.
   *
   * @throws Json.Malformed where it is not of the form described above
   */
  static PythonValue tagged(Object json) throws Json.Malformed {
    if (json instanceof List<?> list) {
      return new Sequence("list", taggedItems(list));
    }
    if (!(json instanceof Map<?, ?> map)) {
      return scalar(json);
    }
    if (map.size() != 1) {
      throw new Json.Malformed("a tagged value is a map of one key, found " + map.keySet());
    }
    Map.Entry<?, ?> entry = map.entrySet().iterator().next();
    Object content = entry.getValue();
    String tag = (String) entry.getKey();
    return switch (tag) {
      case "tuple" -> new Sequence("tuple", taggedItems(items(content)));
      case "set", "frozenset" -> new SetOf(taggedItems(items(content)));
      case "bytes" -> new Bytes(String.valueOf(content));
      case "integer" -> new Int(integer(content));
      case "float" -> new Float(number(content));
      case "complex" -> new Complex(number(items(content).get(0)), number(items(content).get(1)));
      case "dict" -> {
        List<PythonValue> keys = new ArrayList<>();
        List<PythonValue> values = new ArrayList<>();
        for (Object pair : items(content)) {
          keys.add(tagged(items(pair).get(0)));
          values.add(tagged(items(pair).get(1)));
        }
        yield new Dict(keys, values, false);
      }
      default -> new Opaque(tag + " " + content);
    };
  }

  /** A value as a data set writes it, in JSON without tags. */
  static PythonValue plain(Object json) {
    if (json instanceof List<?> list) {
      return new Sequence("plain", list.stream().map(PythonValue::plain).toList());
    }
    if (json instanceof Map<?, ?> map) {
      List<PythonValue> keys = new ArrayList<>();
      List<PythonValue> values = new ArrayList<>();
      map.forEach(
          (key, value) -> {
            keys.add(new Text(String.valueOf(key)));
            values.add(plain(value));
          });
      return new Dict(keys, values, true);
    }
    return scalar(json);
  }

  /** The same in the tagged form, to be sent. */
  static Object toTagged(PythonValue value) {
    if (value instanceof Bool bool) {
      return bool.value();
    } else if (value instanceof Int whole) {
      return whole.value();
    } else if (value instanceof Float number) {
      return Map.of("float", Double.toString(number.value()));
    } else if (value instanceof Complex complex) {
      return Map.of(
          "complex",
          List.of(Double.toString(complex.real()), Double.toString(complex.imaginary())));
    } else if (value instanceof Text text) {
      return text.value();
    } else if (value instanceof Bytes bytes) {
      return Map.of("bytes", bytes.hex());
    } else if (value instanceof Sequence sequence) {
      List<Object> items = toTagged(sequence.items());
      return sequence.kind().equals("tuple") ? Map.of("tuple", items) : items;
    } else if (value instanceof SetOf set) {
      return Map.of("set", toTagged(set.items()));
    } else if (value instanceof Dict dict) {
      List<Object> pairs = new ArrayList<>();
      for (int i = 0; i < dict.keys().size(); i++) {
        List<Object> pair = new ArrayList<>();
        pair.add(toTagged(dict.keys().get(i)));
        pair.add(toTagged(dict.values().get(i)));
        pairs.add(pair);
      }
      return Map.of("dict", pairs);
    }
    return null;
  }

  private static List<Object> toTagged(List<PythonValue> items) {
    List<Object> tagged = new ArrayList<>();
    items.forEach(item -> tagged.add(toTagged(item)));
    return tagged;
  }

  /** The value as Python would show it, cut. */
  static String shown(PythonValue value) {
    String text = Shown.of(value);
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }

  private static PythonValue scalar(Object json) {
    if (json == null) {
      return new None();
    } else if (json instanceof Boolean bool) {
      return new Bool(bool);
    } else if (json instanceof BigInteger whole) {
      return new Int(whole);
    } else if (json instanceof Double || json instanceof java.lang.Float) {
      return new Float(((Number) json).doubleValue());
    } else if (json instanceof Long || json instanceof Integer || json instanceof Short) {
      return new Int(BigInteger.valueOf(((Number) json).longValue()));
    } else if (json instanceof Number number) {
      return new Float(number.doubleValue());
    }
    return new Text(String.valueOf(json));
  }

  private static List<PythonValue> taggedItems(List<?> list) throws Json.Malformed {
    List<PythonValue> items = new ArrayList<>();
    for (Object item : list) {
      items.add(tagged(item));
    }
    return items;
  }

  private static List<?> items(Object content) throws Json.Malformed {
    if (content instanceof List<?> list) {
      return list;
    }
    throw new Json.Malformed("a tag's content must be a list, found " + content);
  }

  private static BigInteger integer(Object content) throws Json.Malformed {
    try {
      return new BigInteger(String.valueOf(content));
    } catch (NumberFormatException e) {
      throw new Json.Malformed("not an integer: " + content);
    }
  }

  private static double number(Object content) throws Json.Malformed {
    String text = String.valueOf(content);
    try {
      return switch (text) {
        case "inf" -> Double.POSITIVE_INFINITY;
        case "-inf" -> Double.NEGATIVE_INFINITY;
        case "nan" -> Double.NaN;
        default -> Double.parseDouble(text);
      };
    } catch (NumberFormatException e) {
      throw new Json.Malformed("not a number: " + text);
    }
  }

  /** Writes values the way Python does. */
  final class Shown {

    private Shown() {}

    private static String of(PythonValue value) {
      if (value instanceof None) {
        return "None";
      } else if (value instanceof Bool bool) {
        return bool.value() ? "True" : "False";
      } else if (value instanceof Int whole) {
        return whole.value().bitLength() > 400 ? "a very large integer" : whole.value().toString();
      } else if (value instanceof Float number) {
        return Double.toString(number.value());
      } else if (value instanceof Complex complex) {
        return "(" + complex.real() + "+" + complex.imaginary() + "j)";
      } else if (value instanceof Text text) {
        return "'" + text.value() + "'";
      } else if (value instanceof Bytes bytes) {
        return "bytes " + bytes.hex();
      } else if (value instanceof Sequence sequence) {
        boolean tuple = sequence.kind().equals("tuple");
        return (tuple ? "(" : "[") + joined(sequence.items()) + (tuple ? ")" : "]");
      } else if (value instanceof SetOf set) {
        return "{" + joined(set.items()) + "}";
      } else if (value instanceof Dict dict) {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < dict.keys().size() && text.length() < 100; i++) {
          text.append(i == 0 ? "" : ", ")
              .append(of(dict.keys().get(i)))
              .append(": ")
              .append(of(dict.values().get(i)));
        }
        return text.append('}').toString();
      }
      return ((Opaque) value).description();
    }

    private static String joined(List<PythonValue> items) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < items.size() && text.length() < 100; i++) {
        text.append(i == 0 ? "" : ", ").append(of(items.get(i)));
      }
      return text.toString();
    }
  }
}
