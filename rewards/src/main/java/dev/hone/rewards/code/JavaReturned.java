package dev.hone.rewards.code;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a method in Java returned, as JSON with tags (see {@link PythonValue}). */
final class JavaReturned {

  private JavaReturned() {}

  static Object tagged(Object value) {
    if (value == null || value instanceof Boolean) {
      return value;
    } else if (value instanceof CharSequence || value instanceof Character) {
      return value.toString();
    } else if (value instanceof Float || value instanceof Double || value instanceof BigDecimal) {
      return Map.of("float", value.toString());
    } else if (value instanceof Number) {
      return new BigInteger(value.toString());
    } else if (value.getClass().isArray()) {
      List<Object> items = new ArrayList<>();
      for (int i = 0; i < Array.getLength(value); i++) {
        items.add(tagged(Array.get(value, i)));
      }
      return items;
    } else if (value instanceof Set<?> set) {
      return Map.of("set", items(set));
    } else if (value instanceof Iterable<?> several) {
      return items(several);
    } else if (value instanceof Map<?, ?> map) {
      List<Object> pairs = new ArrayList<>();
      map.forEach((key, item) -> pairs.add(Arrays.asList(tagged(key), tagged(item))));
      return Map.of("dict", pairs);
    }
    return Map.of("object", value.getClass().getName());
  }

  private static List<Object> items(Iterable<?> several) {
    List<Object> items = new ArrayList<>();
    several.forEach(item -> items.add(tagged(item)));
    return items;
  }
}
