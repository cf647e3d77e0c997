package dev.hone.rewards;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The options of one reward while it is built: every read names the option, so that what nobody
 * read is known to be a mistake.
 */
final class RewardOptions {

  private final String type;
  private final Map<String, Object> values;
  private final Set<String> known = new LinkedHashSet<>();

  RewardOptions(String type, Map<String, Object> values) {
    this.type = type;
    this.values = values;
  }

  String text(String name, String fallback) {
    Object value = value(name);
    if (value == null) {
      return fallback;
    }
    if (value instanceof String text) {
      return text;
    }
    throw wrong(name, value, "a string");
  }

  String requiredText(String name) {
    String text = text(name, null);
    if (text == null) {
      throw new InvalidReward("reward type '" + type + "' needs the option '" + name + "'");
    }
    return text;
  }

  String choice(String name, String fallback, List<String> allowed) {
    String text = text(name, fallback);
    if (text != null && !allowed.contains(text)) {
      throw wrong(name, text, "one of " + allowed + NearestName.hint(text, allowed));
    }
    return text;
  }

  List<String> choices(String name, List<String> fallback, List<String> allowed) {
    Object value = value(name);
    if (value == null) {
      return fallback;
    }
    List<?> given = value instanceof List<?> list ? list : List.of(value);
    List<String> chosen = new ArrayList<>();
    for (Object item : given) {
      if (!(item instanceof String text) || !allowed.contains(text)) {
        throw wrong(
            name, value, "a list of " + allowed + NearestName.hint(String.valueOf(item), allowed));
      }
      chosen.add(text);
    }
    if (chosen.isEmpty()) {
      throw wrong(name, value, "at least one of " + allowed);
    }
    return List.copyOf(chosen);
  }

  boolean flag(String name, boolean fallback) {
    Object value = value(name);
    if (value == null) {
      return fallback;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wrong(name, value, "true or false");
  }

  /** A whole number of at least {@code minimum}; null falls back. */
  Integer count(String name, Integer fallback, int minimum) {
    Object value = value(name);
    if (value == null) {
      return fallback;
    }
    if (value instanceof Number number
        && number.doubleValue() == Math.rint(number.doubleValue())
        && number.doubleValue() >= minimum
        && number.doubleValue() <= Integer.MAX_VALUE) {
      return number.intValue();
    }
    throw wrong(name, value, "a whole number of at least " + minimum);
  }

  /** A number of at least {@code minimum}. */
  double number(String name, double fallback, double minimum) {
    Object value = value(name);
    if (value == null) {
      return fallback;
    }
    if (value instanceof Number number
        && Double.isFinite(number.doubleValue())
        && number.doubleValue() >= minimum) {
      return number.doubleValue();
    }
    throw wrong(name, value, "a number of at least " + minimum);
  }

  int requiredCount(String name, int minimum) {
    Integer count = count(name, null, minimum);
    if (count == null) {
      throw new InvalidReward(
          "reward type '"
              + type
              + "' needs the option '"
              + name
              + "', a whole number of at least "
              + minimum);
    }
    return count;
  }

  boolean has(String name) {
    return value(name) != null;
  }

  InvalidReward wrong(String name, Object found, String allowed) {
    return new InvalidReward(
        "reward type '"
            + type
            + "': option '"
            + name
            + "' is "
            + found
            + "; it must be "
            + allowed);
  }

  /** Call when everything is read: an option that nobody asked for is a mistake. */
  void rejectUnknown() {
    for (String name : values.keySet()) {
      if (!known.contains(name)) {
        throw new InvalidReward(
            "reward type '"
                + type
                + "' has no option '"
                + name
                + "'; it takes "
                + (known.isEmpty() ? "none" : known)
                + NearestName.hint(name, known));
      }
    }
  }

  private Object value(String name) {
    known.add(name);
    return values.get(name);
  }
}
