package dev.hone.pipeline.config;

import dev.hone.pipeline.config.YamlNode.Mapping;
import dev.hone.pipeline.config.YamlNode.Scalar;
import dev.hone.pipeline.config.YamlNode.ScalarKind;
import dev.hone.pipeline.config.YamlNode.Sequence;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Reads nodes into records. Problems are collected and never thrown, and a value that has one comes
 * back as null, so that one reading finds all of them.
 */
final class Binder {

  private final Problems problems;

  Binder(Problems problems) {
    this.problems = problems;
  }

  /** Reads a section; keys left out take their defaults. */
  <T extends Record> T section(Class<T> type, YamlNode node, String path) {
    Mapping mapping = mapping(node, path);
    return mapping == null ? null : type.cast(record(type, mapping, path, new HashSet<>()));
  }

  private Record record(Class<?> type, Mapping mapping, String path, Set<String> known) {
    int before = problems.count();
    Record record = construct(type, mapping, path, known, Map.of());
    if (!Schema.takesOtherKeys(type)) {
      List<String> names = new ArrayList<>(Schema.names(type));
      known.stream().filter(name -> !names.contains(name)).forEach(names::add);
      for (String key : mapping.values().keySet()) {
        if (!names.contains(key)) {
          problems.add(
              mapping.keyPlaces().get(key),
              Problems.child(path, key),
              "no such key" + Allowed.oneOf(key, names));
        }
      }
    }
    return problems.count() > before ? null : record;
  }

  private Record construct(
      Class<?> type,
      Mapping mapping,
      String path,
      Set<String> known,
      Map<String, String> otherDefaults) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    boolean whole = true;
    for (int i = 0; i < components.length; i++) {
      RecordComponent component = components[i];
      Flat flat = component.getAnnotation(Flat.class);
      if (flat != null) {
        values[i] = construct(component.getType(), mapping, path, known, Schema.defaultsOf(flat));
      } else if (component.isAnnotationPresent(OtherKeys.class)) {
        values[i] = otherKeys(mapping, known);
      } else {
        String key = Schema.keyOf(component);
        known.add(key);
        Setting setting = Schema.settingOf(component);
        String fallback = otherDefaults.getOrDefault(key, setting.value());
        values[i] = setting(component.getGenericType(), setting, fallback, mapping, key, path);
      }
      whole &= values[i] != null;
    }
    return whole ? instance(type, components, values) : null;
  }

  private static Map<String, Object> otherKeys(Mapping mapping, Set<String> known) {
    Map<String, Object> rest = new LinkedHashMap<>();
    mapping
        .values()
        .forEach(
            (key, value) -> {
              if (!known.contains(key)) {
                rest.put(key, value.plain());
              }
            });
    return Collections.unmodifiableMap(rest);
  }

  private static Record instance(Class<?> type, RecordComponent[] components, Object[] values) {
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return (Record) constructor.newInstance(values);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException("cannot make " + type, impossible);
    }
  }

  private Object setting(
      Type type, Setting setting, String fallback, Mapping mapping, String key, String path) {
    String keyPath = Problems.child(path, key);
    YamlNode node = mapping.values().get(key);
    if (node == null || isNull(node)) {
      String at = node == null ? mapping.at() : node.at();
      return fallback.isEmpty()
          ? unset(type, at, keyPath)
          : value(type, setting, YamlReader.readAt(at, fallback, problems), keyPath);
    }
    return value(type, setting, node, keyPath);
  }

  private static boolean isNull(YamlNode node) {
    return node instanceof Scalar scalar && scalar.kind() == ScalarKind.NULL;
  }

  private Object unset(Type type, String at, String path) {
    Class<?> raw = Schema.raw(type);
    if (raw == Optional.class) {
      return Optional.empty();
    }
    if (raw == OptionalInt.class) {
      return OptionalInt.empty();
    }
    if (raw == OptionalDouble.class) {
      return OptionalDouble.empty();
    }
    if (raw == List.class) {
      return List.of();
    }
    if (raw == Map.class) {
      return Map.of();
    }
    if (raw.isRecord()) {
      return record(raw, Mapping.empty(at), path, new HashSet<>());
    }
    problems.add(at, path, "must be given");
    return null;
  }

  private Object value(Type type, Setting setting, YamlNode node, String path) {
    Class<?> raw = Schema.raw(type);
    if (raw == Optional.class) {
      Object value = value(Schema.argument(type, 0), setting, node, path);
      return value == null ? null : Optional.of(value);
    }
    if (raw == OptionalInt.class) {
      Long value = integer(setting, node, path, Integer.MAX_VALUE);
      return value == null ? null : OptionalInt.of(value.intValue());
    }
    if (raw == OptionalDouble.class) {
      Double value = decimal(setting, node, path);
      return value == null ? null : OptionalDouble.of(value);
    }
    if (raw == List.class) {
      return list(Schema.argument(type, 0), setting, node, path);
    }
    if (raw == Map.class) {
      return map(Schema.argument(type, 1), node, path);
    }
    if (raw.isEnum()) { // before sealed: an enum whose constants have bodies is sealed too
      return word(raw, node, path);
    }
    if (raw.isSealed()) {
      return kind(raw, node, path);
    }
    if (raw.isRecord()) {
      Mapping mapping = mapping(node, path);
      return mapping == null ? null : record(raw, mapping, path, new HashSet<>());
    }
    if (raw == int.class || raw == Integer.class) {
      Long value = integer(setting, node, path, Integer.MAX_VALUE);
      return value == null ? null : (Object) value.intValue();
    }
    if (raw == long.class) {
      return integer(setting, node, path, Long.MAX_VALUE);
    }
    if (raw == double.class || raw == Double.class) {
      return decimal(setting, node, path);
    }
    if (raw == boolean.class) {
      return truth(node, path);
    }
    return text(setting, node, path);
  }

  private Mapping mapping(YamlNode node, String path) {
    if (node instanceof Mapping mapping) {
      return mapping;
    }
    if (isNull(node)) {
      return Mapping.empty(node.at());
    }
    problems.add(node.at(), path, "must be a section of keys, found " + node.found());
    return null;
  }

  private Object kind(Class<?> sealed, YamlNode node, String path) {
    Mapping mapping = mapping(node, path);
    if (mapping == null) {
      return null;
    }
    Map<String, Class<?>> kinds = Schema.kinds(sealed);
    String typePath = Problems.child(path, "type");
    YamlNode type = mapping.values().get("type");
    if (type == null) {
      problems.add(mapping.at(), typePath, "must be given" + Allowed.oneOf("", kinds.keySet()));
      return null;
    }
    Class<?> kind = type.plain() instanceof String word ? kinds.get(word) : null;
    if (kind == null) {
      String word = String.valueOf(type.plain());
      problems.add(
          type.at(), typePath, "found " + type.found() + Allowed.oneOf(word, kinds.keySet()));
      return null;
    }
    return record(kind, mapping, path, new HashSet<>(Set.of("type")));
  }

  private List<?> list(Type element, Setting setting, YamlNode node, String path) {
    if (!(node instanceof Sequence sequence)) {
      problems.add(
          node.at(),
          path,
          "must be a list ([a, b], or lines that begin with -), found " + node.found());
      return null;
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < sequence.items().size(); i++) {
      values.add(value(element, setting, sequence.items().get(i), Problems.item(path, i)));
    }
    return values.contains(null) ? null : List.copyOf(values);
  }

  private Map<String, ?> map(Type valueType, YamlNode node, String path) {
    Mapping mapping = mapping(node, path);
    if (mapping == null) {
      return null;
    }
    Map<String, Object> values = new LinkedHashMap<>();
    boolean whole = true;
    for (Map.Entry<String, YamlNode> entry : mapping.values().entrySet()) {
      Object value = entry.getValue().plain();
      if (valueType == String.class) {
        boolean single = entry.getValue() instanceof Scalar && value != null;
        if (!single) {
          problems.add(
              entry.getValue().at(),
              Problems.child(path, entry.getKey()),
              "must be text, found " + entry.getValue().found());
        }
        whole &= single;
        value = String.valueOf(value);
      }
      values.put(entry.getKey(), value);
    }
    return whole ? Collections.unmodifiableMap(values) : null;
  }

  private Long integer(Setting setting, YamlNode node, String path, long largest) {
    if (node instanceof Scalar scalar && scalar.kind() == ScalarKind.INTEGER) {
      double magnitude = Double.parseDouble(scalar.text());
      boolean fits = Math.abs(magnitude) <= largest && Math.abs(magnitude) < 0x1p63;
      if (fits && Allowed.isWithin(setting, magnitude)) {
        return Long.valueOf(scalar.text());
      }
    }
    problems.add(node.at(), path, "must be a whole number" + Allowed.range(setting) + found(node));
    return null;
  }

  private Double decimal(Setting setting, YamlNode node, String path) {
    if (node instanceof Scalar scalar
        && (scalar.kind() == ScalarKind.INTEGER || scalar.kind() == ScalarKind.DECIMAL)) {
      double number = number(scalar.text());
      if (Double.isFinite(number) && Allowed.isWithin(setting, number)) {
        return number;
      }
    }
    problems.add(node.at(), path, "must be a number" + Allowed.range(setting) + found(node));
    return null;
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException infinite) {
      return Double.NaN; // .inf and .nan, which no setting takes
    }
  }

  private Boolean truth(YamlNode node, String path) {
    if (node.plain() instanceof Boolean value) {
      return value;
    }
    problems.add(node.at(), path, "must be true or false" + found(node));
    return null;
  }

  private Object word(Class<?> type, YamlNode node, String path) {
    for (Object constant : type.getEnumConstants()) {
      if (Words.of((Enum<?>) constant).equals(node.plain())) {
        return constant;
      }
    }
    List<String> words =
        Arrays.stream(type.getEnumConstants()).map(value -> Words.of((Enum<?>) value)).toList();
    problems.add(
        node.at(), path, "found " + node.found() + Allowed.oneOf("" + node.plain(), words));
    return null;
  }

  private String text(Setting setting, YamlNode node, String path) {
    if (!(node.plain() instanceof String text)) {
      String quote = node instanceof Scalar scalar ? " (write \"" + scalar.text() + "\")" : "";
      problems.add(node.at(), path, "must be text" + found(node) + quote);
      return null;
    }
    List<String> words = List.of(setting.oneOf());
    if (!words.isEmpty() && !words.contains(text)) {
      problems.add(node.at(), path, "found " + node.found() + Allowed.oneOf(text, words));
      return null;
    }
    return text;
  }

  private static String found(YamlNode node) {
    return ", found " + node.found();
  }
}
