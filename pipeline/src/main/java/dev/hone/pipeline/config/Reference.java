package dev.hone.pipeline.config;

import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The whole schema of an experiment for people to read, as an annotated YAML outline. */
public final class Reference {

  /**
   * One key.
   *
   * @param depth how deep it stands
   * @param key the key, or {@code - type: grpo} where an item of a list begins
   * @param value its default as YAML; empty for a section
   * @param doc what it means and what is allowed
   */
  public record Line(int depth, String key, String value, String doc) {}

  private Reference() {}

  /** Every key in order. */
  public static List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    section(Experiment.class, Map.of(), 0, lines);
    return lines;
  }

  private static void section(
      Class<?> record, Map<String, String> defaults, int depth, List<Line> lines) {
    for (Schema.Key key : Schema.keys(record, defaults)) {
      key(key, depth, lines);
    }
    if (Schema.takesOtherKeys(record)) {
      String doc =
          Arrays.stream(record.getRecordComponents())
              .filter(component -> component.isAnnotationPresent(OtherKeys.class))
              .map(component -> Schema.settingOf(component).doc())
              .collect(Collectors.joining());
      lines.add(new Line(depth, "...", "", doc));
    }
  }

  private static void key(Schema.Key key, int depth, List<Line> lines) {
    Class<?> raw = Schema.raw(key.type());
    String doc = key.setting().doc();
    if (raw.isRecord()) {
      lines.add(new Line(depth, key.name(), "", doc));
      section(raw, Map.of(), depth + 1, lines);
    } else if (raw == List.class && isSection(Schema.raw(Schema.argument(key.type(), 0)))) {
      lines.add(new Line(depth, key.name(), "", doc + " (a list)"));
      items(Schema.raw(Schema.argument(key.type(), 0)), depth + 1, lines);
    } else {
      lines.add(new Line(depth, key.name(), value(key, raw), doc + allowed(key)));
    }
  }

  private static boolean isSection(Class<?> type) {
    return type.isRecord() || (type.isSealed() && !type.isEnum());
  }

  private static void items(Class<?> type, int depth, List<Line> lines) {
    if (type.isRecord()) {
      int first = lines.size();
      section(type, Map.of(), depth + 1, lines);
      Line head = lines.get(first);
      lines.set(first, new Line(depth, "- " + head.key(), head.value(), head.doc()));
      return;
    }
    Schema.kinds(type)
        .forEach(
            (word, kind) -> {
              String doc = kind.getAnnotation(Kind.class).doc();
              lines.add(new Line(depth, "- type", word, doc));
              section(kind, Map.of(), depth + 1, lines);
            });
  }

  private static String value(Schema.Key key, Class<?> raw) {
    if (!key.defaultYaml().isEmpty()) {
      return key.defaultYaml();
    }
    return raw == List.class ? "[]" : raw == Map.class ? "{}" : "null";
  }

  private static String allowed(Schema.Key key) {
    Setting setting = key.setting();
    List<String> words = words(key.type(), setting);
    String kind = words.isEmpty() ? kind(key.type()) + Allowed.range(setting) : "";
    return " [" + (words.isEmpty() ? kind : String.join(" | ", words)) + "]";
  }

  private static List<String> words(Type type, Setting setting) {
    Class<?> raw = Schema.raw(type);
    return raw.isEnum()
        ? Arrays.stream(raw.getEnumConstants()).map(word -> Words.of((Enum<?>) word)).toList()
        : List.of(setting.oneOf());
  }

  private static String kind(Type type) {
    Class<?> raw = Schema.raw(type);
    if (raw == Optional.class) {
      return kind(Schema.argument(type, 0));
    }
    if (raw == List.class) {
      return "list of " + kind(Schema.argument(type, 0));
    }
    if (raw == Map.class) {
      return "keys and values";
    }
    if (raw == boolean.class) {
      return "true | false";
    }
    if (raw == int.class || raw == long.class || raw == Integer.class || raw == OptionalInt.class) {
      return "whole number";
    }
    if (raw == double.class || raw == Double.class || raw == OptionalDouble.class) {
      return "number";
    }
    return "text";
  }
}
