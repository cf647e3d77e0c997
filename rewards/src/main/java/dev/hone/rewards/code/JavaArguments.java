package dev.hone.rewards.code;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Arguments of a call, from JSON with tags (see {@link PythonValue}) to what a method in Java
 * declares: numbers, strings and characters, arrays and collections of any depth, maps.
 */
final class JavaArguments {

  /** The method takes something else. */
  static final class Mismatch extends Exception {
    private static final long serialVersionUID = 1L;

    Mismatch() {
      super(null, null, false, false);
    }
  }

  private JavaArguments() {}

  /**
   * One value a parameter.
   *
   * @throws Mismatch where their number or kinds are not the method's
   */
  static Object[] of(List<?> arguments, Type[] parameters) throws Mismatch {
    if (arguments.size() != parameters.length) {
      throw new Mismatch();
    }
    Object[] values = new Object[parameters.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(arguments.get(i), parameters[i]);
    }
    return values;
  }

  private static Object value(Object json, Type type) throws Mismatch {
    if (type instanceof GenericArrayType array) {
      return array(json, array.getGenericComponentType());
    }
    if (type instanceof ParameterizedType generic) {
      Class<?> raw = (Class<?>) generic.getRawType();
      Type[] of = generic.getActualTypeArguments();
      if (Map.class.isAssignableFrom(raw) && of.length == 2) {
        return map(json, raw, of[0], of[1]);
      }
      if (Iterable.class.isAssignableFrom(raw) && of.length == 1) {
        return collection(json, raw, of[0]);
      }
      throw new Mismatch();
    }
    if (!(type instanceof Class<?> plain)) {
      return natural(json); // a type variable or a wildcard: whatever it is
    }
    if (plain.isArray()) {
      return array(json, plain.getComponentType());
    }
    if (Map.class.isAssignableFrom(plain)) {
      return map(json, plain, Object.class, Object.class);
    }
    if (Iterable.class.isAssignableFrom(plain)) {
      return collection(json, plain, Object.class);
    }
    return scalar(json, plain);
  }

  private static Object scalar(Object json, Class<?> type) throws Mismatch {
    if (json == null) {
      if (type.isPrimitive()) {
        throw new Mismatch();
      }
      return null;
    }
    if (type.isAssignableFrom(Integer.class) || type == Object.class) {
      return natural(json);
    }
    if (json instanceof Boolean bool && (type == boolean.class || type == Boolean.class)) {
      return bool;
    }
    if (json instanceof String text) {
      if (type.isAssignableFrom(String.class)) {
        return text;
      }
      if ((type == char.class || type == Character.class) && text.length() == 1) {
        return text.charAt(0);
      }
    }
    Object number = json instanceof BigInteger ? json : tagged(json, "float");
    if (number == null) {
      throw new Mismatch();
    }
    try {
      return number instanceof BigInteger whole
          ? whole(whole, type)
          : fraction(Double.parseDouble(javaName((String) number)), type);
    } catch (ArithmeticException e) {
      throw new Mismatch(); // too large for this type
    }
  }

  private static Object whole(BigInteger whole, Class<?> type) throws Mismatch {
    if (type == int.class || type == Integer.class) {
      return whole.intValueExact();
    } else if (type == long.class || type == Long.class) {
      return whole.longValueExact();
    } else if (type == short.class || type == Short.class) {
      return whole.shortValueExact();
    } else if (type == byte.class || type == Byte.class) {
      return whole.byteValueExact();
    } else if (type == BigInteger.class) {
      return whole;
    } else if (type == BigDecimal.class) {
      return new BigDecimal(whole);
    }
    return fraction(whole.doubleValue(), type);
  }

  private static Object fraction(double number, Class<?> type) throws Mismatch {
    if (type == double.class || type == Double.class) {
      return number;
    } else if (type == float.class || type == Float.class) {
      return (float) number;
    } else if (type == BigDecimal.class && Double.isFinite(number)) {
      return BigDecimal.valueOf(number);
    }
    throw new Mismatch();
  }

  /** What a method that declares no more than Object gets. */
  private static Object natural(Object json) throws Mismatch {
    if (json instanceof BigInteger whole) {
      return whole.bitLength() < 32
          ? (Object) whole.intValue()
          : whole.bitLength() < 64 ? (Object) whole.longValue() : whole;
    }
    if (!(json instanceof Map<?, ?>) && !(json instanceof List<?>)) {
      return json;
    }
    if (tagged(json, "float") instanceof String number) {
      return Double.parseDouble(javaName(number));
    }
    return tagged(json, "dict") != null
        ? map(json, Map.class, Object.class, Object.class)
        : collection(
            json, tagged(json, "set") != null ? LinkedHashSet.class : List.class, Object.class);
  }

  private static Object array(Object json, Type of) throws Mismatch {
    if (json == null) {
      return null;
    }
    if (of == byte.class && tagged(json, "bytes") instanceof String hex) {
      return HexFormat.of().parseHex(hex);
    }
    // LeetCode writes characters as strings, of one each or all in one.
    List<?> items = of == char.class && json instanceof String text ? letters(text) : items(json);
    Object array = Array.newInstance(erased(of), items.size());
    for (int i = 0; i < items.size(); i++) {
      Array.set(array, i, value(items.get(i), of));
    }
    return array;
  }

  private static List<String> letters(String text) {
    return text.chars().mapToObj(c -> String.valueOf((char) c)).toList();
  }

  private static Class<?> erased(Type type) throws Mismatch {
    if (type instanceof Class<?> plain) {
      return plain;
    } else if (type instanceof ParameterizedType generic) {
      return (Class<?>) generic.getRawType();
    } else if (type instanceof GenericArrayType array) {
      return erased(array.getGenericComponentType()).arrayType();
    }
    return Object.class;
  }

  private static Object collection(Object json, Class<?> type, Type of) throws Mismatch {
    if (json == null) {
      return null;
    }
    for (Collection<Object> empty :
        List.<Collection<Object>>of(
            new ArrayList<>(),
            new LinkedHashSet<>(),
            new TreeSet<>(),
            new LinkedList<>(),
            new ArrayDeque<>(),
            new PriorityQueue<>())) {
      if (type.isInstance(empty)) {
        for (Object item : items(json)) {
          empty.add(value(item, of));
        }
        return empty;
      }
    }
    throw new Mismatch();
  }

  private static Object map(Object json, Class<?> type, Type keys, Type values) throws Mismatch {
    if (json == null) {
      return null;
    }
    if (!(tagged(json, "dict") instanceof List<?> pairs)) {
      throw new Mismatch();
    }
    for (Map<Object, Object> empty :
        List.<Map<Object, Object>>of(new LinkedHashMap<>(), new TreeMap<>())) {
      if (type.isInstance(empty)) {
        for (Object pair : pairs) {
          List<?> both = (List<?>) pair;
          empty.put(value(both.get(0), keys), value(both.get(1), values));
        }
        return empty;
      }
    }
    throw new Mismatch();
  }

  private static List<?> items(Object json) throws Mismatch {
    if (json instanceof List<?> list) {
      return list;
    }
    for (String tag : List.of("tuple", "set", "frozenset")) {
      if (tagged(json, tag) instanceof List<?> list) {
        return list;
      }
    }
    throw new Mismatch();
  }

  private static Object tagged(Object json, String tag) {
    return json instanceof Map<?, ?> map ? map.get(tag) : null;
  }

  private static String javaName(String number) {
    return switch (number) {
      case "inf" -> "Infinity";
      case "-inf" -> "-Infinity";
      case "nan" -> "NaN";
      default -> number;
    };
  }
}
