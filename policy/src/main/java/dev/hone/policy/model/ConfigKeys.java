package dev.hone.policy.model;

import dev.hone.policy.InvalidInput;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The keys of a {@code config.json}, read with types and defaults. Remembers what was asked for, so
 * that defaults can be written out and unknown keys named.
 */
final class ConfigKeys {

  private final String where;
  private final Map<String, Object> given;
  private final Map<String, Object> resolved;
  private final Set<String> known = new LinkedHashSet<>();

  /**
   * @param where what the keys were read from, for messages
   */
  ConfigKeys(String where, Map<String, Object> given) {
    this.where = where;
    this.given = given;
    this.resolved = new LinkedHashMap<>(given);
  }

  String where() {
    return where;
  }

  /** The given keys, and the defaults of those that were asked for and absent. */
  Map<String, Object> resolved() {
    return resolved;
  }

  boolean has(String key) {
    known.add(key);
    return given.get(key) != null;
  }

  /** Whether the key is there and null, which means "none" for some. */
  boolean isNull(String key) {
    known.add(key);
    return given.containsKey(key) && given.get(key) == null;
  }

  /** A whole number of at least {@code least}. */
  int integer(String key, int fallback, int least) {
    Object value = value(key, fallback);
    if (value instanceof Number number
        && number.doubleValue() == number.intValue()
        && number.intValue() >= least) {
      return number.intValue();
    }
    throw wrong(key, value, "a whole number of at least " + least);
  }

  /** A whole number of at least 1. */
  int positive(String key, int fallback) {
    return integer(key, fallback, 1);
  }

  /** A whole number of at least 1 that must be given. */
  int positive(String key) {
    require(key, "a whole number of at least 1");
    return integer(key, 0, 1);
  }

  double number(String key, double fallback) {
    Object value = value(key, fallback);
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw wrong(key, value, "a number");
  }

  /** A number above 0. */
  double positiveNumber(String key, double fallback) {
    double value = number(key, fallback);
    if (value > 0) {
      return value;
    }
    throw wrong(key, value, "a number above 0");
  }

  /** A number above 0 that must be given. */
  double positiveNumber(String key) {
    require(key, "a number above 0");
    return positiveNumber(key, 0);
  }

  boolean flag(String key, boolean fallback) {
    Object value = value(key, fallback);
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(key, value, "true or false");
  }

  /** One of {@code supported}; {@code fallback} may be null, and is then what absence gives. */
  String oneOf(String key, String fallback, List<String> supported) {
    Object value = value(key, fallback);
    if (value == fallback || supported.contains(value)) {
      return (String) value;
    }
    throw wrong(
        key,
        value,
        supported.size() == 1
            ? "\"" + supported.get(0) + "\" (the only one supported)"
            : "one of " + String.join(", ", supported));
  }

  /** Whole numbers from 0 on; empty where absent. */
  List<Integer> integers(String key) {
    Object value = value(key, List.of());
    if (value instanceof List<?> list
        && list.stream().allMatch(e -> e instanceof Integer number && number >= 0)) {
      return list.stream().map(e -> (Integer) e).toList();
    }
    throw wrong(key, value, "a list of whole numbers");
  }

  /** The keys of an object beneath {@code key}. */
  ConfigKeys object(String key) {
    known.add(key);
    Object value = given.get(key);
    if (!(value instanceof Map<?, ?> map)) {
      throw wrong(key, value, "an object");
    }
    Map<String, Object> below = new LinkedHashMap<>();
    map.forEach((name, element) -> below.put(String.valueOf(name), element));
    return new ConfigKeys(where + ", \"" + key + "\"", below);
  }

  /** The value as it stands, or null. */
  Object raw(String key) {
    known.add(key);
    return given.get(key);
  }

  /** {@code key} holds something that cannot be used. */
  InvalidInput wrong(String key, Object found, String allowed) {
    return new InvalidInput(
        "%s: \"%s\" must be %s, found %s.".formatted(where, key, allowed, show(found)));
  }

  /** Two keys do not go together. */
  InvalidInput inconsistent(String message) {
    return new InvalidInput(where + ": " + message);
  }

  /** Refuses keys that nothing asked for and that are not in {@code harmless}. */
  void rejectUnknown(Collection<String> harmless) {
    for (String key : given.keySet()) {
      if (!known.contains(key) && !harmless.contains(key)) {
        String nearest =
            known.stream().min(Comparator.comparingInt(name -> distance(name, key))).orElse("");
        throw new InvalidInput(
            "%s: unknown key \"%s\"; the nearest that a model of this type has is \"%s\". It has: %s."
                .formatted(
                    where,
                    key,
                    nearest,
                    known.stream().sorted().collect(Collectors.joining(", "))));
      }
    }
  }

  private void require(String key, String allowed) {
    if (!has(key)) {
      throw new InvalidInput(
          "%s: \"%s\" is missing; it must be %s.".formatted(where, key, allowed));
    }
  }

  private Object value(String key, Object fallback) {
    known.add(key);
    Object value = given.get(key);
    if (value == null) {
      if (!given.containsKey(key) && fallback != null) {
        resolved.put(key, fallback);
      }
      return fallback;
    }
    return value;
  }

  private static String show(Object value) {
    return value instanceof String text ? "\"" + text + "\"" : String.valueOf(value);
  }

  /** Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substituted, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
