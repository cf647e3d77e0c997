package dev.hone.policy.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code value.name}, {@code value[key]} and {@code value[from:to:step]}. */
final class Access {

  private Access() {}

  /** A method or attribute, else the entry of a mapping. */
  static Object attribute(Object value, String name) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    } else if (value instanceof Namespace namespace) {
      return namespace.get(name);
    } else if (value instanceof Loop loop) {
      return loop.attribute(name);
    } else if (value instanceof String text && Strings.METHODS.containsKey(name)) {
      Strings.Method method = Strings.METHODS.get(name);
      return (Callable) arguments -> method.call(text, arguments);
    } else if (value instanceof Map<?, ?> map) {
      Callable method = method(map, name);
      return method != null ? method : entry(map, name);
    } else if (value instanceof List<?> list) {
      return method(list, name);
    }
    return missing(value, name);
  }

  /** An entry or element, else a method or attribute. */
  static Object item(Object value, Object key) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    } else if (value instanceof Map<?, ?> map) {
      if (!map.containsKey(key) && key instanceof String name && method(map, name) != null) {
        return method(map, name);
      }
      return entry(map, key);
    } else if (key instanceof Long || key instanceof Boolean) {
      List<?> elements = value instanceof Map || !isSequence(value) ? null : Values.iterate(value);
      long index = Values.integer(key);
      if (elements != null) {
        index += index < 0 ? elements.size() : 0;
        return index >= 0 && index < elements.size()
            ? elements.get((int) index)
            : new Undefined("element " + key + " of " + Values.described(value));
      }
    } else if (key instanceof String name) {
      return attribute(value, name);
    }
    return missing(value, Values.string(key));
  }

  static Object slice(Object value, Object from, Object to, Object step) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    } else if (!isSequence(value)) {
      throw new TemplateError(Values.described(value) + " cannot be sliced");
    }
    List<?> elements = Values.iterate(value);
    int size = elements.size();
    long stride = step == null ? 1 : Values.integer(step);
    if (stride == 0) {
      throw new TemplateError("the step of a slice cannot be 0");
    }
    long begin = bound(from, stride > 0 ? 0 : size - 1, size, stride);
    long end = bound(to, stride > 0 ? size : -1, size, stride);
    List<Object> chosen = new ArrayList<>();
    for (long i = begin; stride > 0 ? i < end : i > end; i += stride) {
      chosen.add(elements.get((int) i));
    }
    return value instanceof String
        ? String.join("", chosen.stream().map(Values::string).toList())
        : chosen;
  }

  private static long bound(Object given, long otherwise, int size, long stride) {
    if (given == null) {
      return otherwise;
    }
    long index = Values.integer(given);
    index += index < 0 ? size : 0;
    return stride > 0
        ? Math.max(0, Math.min(index, size))
        : Math.max(-1, Math.min(index, size - 1));
  }

  private static boolean isSequence(Object value) {
    return value instanceof List || value instanceof String;
  }

  private static Object entry(Map<?, ?> map, Object key) {
    return map.containsKey(key) ? map.get(key) : missing(map, Values.string(key));
  }

  private static Undefined missing(Object value, String name) {
    return new Undefined("'" + name + "' of " + Values.described(value));
  }

  private static Callable method(Map<?, ?> map, String name) {
    return switch (name) {
      case "get" ->
          arguments -> {
            Object key = arguments.require(0, "key");
            return map.containsKey(key) ? map.get(key) : arguments.get(1, "default", null);
          };
      case "items" -> arguments -> items(map);
      case "keys" -> arguments -> new ArrayList<>(map.keySet());
      case "values" -> arguments -> new ArrayList<>(map.values());
      case "copy" -> arguments -> Collections.unmodifiableMap(new LinkedHashMap<>(map));
      default -> null;
    };
  }

  static List<Object> items(Map<?, ?> map) {
    List<Object> items = new ArrayList<>();
    map.forEach(
        (key, value) -> {
          List<Object> pair = new ArrayList<>();
          pair.add(key);
          pair.add(value);
          items.add(pair);
        });
    return items;
  }

  private static Object method(List<?> list, String name) {
    return switch (name) {
      case "copy" -> (Callable) arguments -> new ArrayList<>(list);
      case "count" ->
          (Callable)
              arguments ->
                  list.stream()
                      .filter(element -> Values.equal(element, arguments.require(0, "value")))
                      .count();
      case "index" ->
          (Callable)
              arguments -> {
                for (int i = 0; i < list.size(); i++) {
                  if (Values.equal(list.get(i), arguments.require(0, "value"))) {
                    return (long) i;
                  }
                }
                throw new TemplateError("the value is not in the list");
              };
      case "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse" ->
          throw new TemplateError("a template may not change a list: '" + name + "'");
      default -> missing(list, name);
    };
  }
}
