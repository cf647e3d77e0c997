package dev.hone.pipeline.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hone.policy.InvalidInput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A key on which two resolved experiments differ.
 *
 * @param key its path, {@code stages[1].learning_rate}
 * @param before the value of the run so far, {@code null} where it had none
 * @param now the value asked for, {@code null} where there is none
 */
public record ConfigDifference(String key, Object before, Object now) {

  private static final YAMLMapper YAML = new YAMLMapper();

  /**
   * What differs between two resolved configurations, in the order of their keys. Formatting,
   * comments, order of keys and the spelling of a number do not count.
   *
   * @param before YAML
   * @param now YAML
   */
  public static List<ConfigDifference> between(String before, String now) {
    Map<String, Object> old = flatten(before);
    Map<String, Object> current = flatten(now);
    Set<String> keys = new LinkedHashSet<>(current.keySet());
    keys.addAll(old.keySet());
    List<ConfigDifference> differences = new ArrayList<>();
    for (String key : keys) {
      Object was = old.get(key);
      Object is = current.get(key);
      if (!same(was, is)) {
        differences.add(new ConfigDifference(key, was, is));
      }
    }
    return differences;
  }

  /** Every leaf of a YAML document by its path. */
  static Map<String, Object> flatten(String yaml) {
    Map<String, Object> leaves = new LinkedHashMap<>();
    try {
      flatten("", YAML.readValue(yaml, Object.class), leaves);
    } catch (JsonProcessingException e) {
      throw new InvalidInput("not a configuration: " + e.getOriginalMessage(), e);
    }
    return leaves;
  }

  private static void flatten(String path, Object value, Map<String, Object> leaves) {
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      map.forEach(
          (key, child) -> flatten(path.isEmpty() ? "" + key : path + "." + key, child, leaves));
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      for (int i = 0; i < list.size(); i++) {
        flatten(path + "[" + i + "]", list.get(i), leaves);
      }
    } else if (value != null) {
      leaves.put(path, value);
    }
  }

  private static boolean same(Object a, Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      return x.equals(y) || x.doubleValue() == y.doubleValue() && x.longValue() == y.longValue();
    }
    return Objects.equals(a, b);
  }

  @Override
  public String toString() {
    return key + " was " + shown(before) + ", now " + shown(now);
  }

  private static String shown(Object value) {
    if (value == null) {
      return "not set";
    }
    String text = value.toString().replace("\n", "\\n");
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
