package dev.hone.pipeline.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A piece of YAML that knows where it stands. */
sealed interface YamlNode {

  /** Where it stands, as a user finds it: {@code file:line} or {@code --set key}. */
  String at();

  /** What it is, for a message: {@code the number 3}, {@code a list}. */
  String found();

  /** The same as plain Java: maps, lists, strings, numbers, booleans and null. */
  Object plain();

  /** Keys and values; the keys' own places are kept beside. */
  record Mapping(String at, Map<String, YamlNode> values, Map<String, String> keyPlaces)
      implements YamlNode {

    static Mapping empty(String at) {
      return new Mapping(at, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    void put(String key, String keyAt, YamlNode value) {
      values.put(key, value);
      keyPlaces.put(key, keyAt);
    }

    @Override
    public String found() {
      return values.isEmpty() ? "an empty section" : "a section of keys";
    }

    @Override
    public Map<String, Object> plain() {
      Map<String, Object> map = new LinkedHashMap<>();
      values.forEach((key, value) -> map.put(key, value.plain()));
      return map;
    }
  }

  /** Items in order. */
  record Sequence(String at, List<YamlNode> items) implements YamlNode {

    @Override
    public String found() {
      return items.isEmpty() ? "an empty list" : "a list";
    }

    @Override
    public List<Object> plain() {
      List<Object> list = new ArrayList<>();
      items.forEach(item -> list.add(item.plain()));
      return list;
    }
  }

  /** One value, as YAML resolves it. */
  record Scalar(String at, ScalarKind kind, String text) implements YamlNode {

    @Override
    public String found() {
      return switch (kind) {
        case NULL -> "nothing";
        case BOOLEAN, INTEGER, DECIMAL -> text;
        case TEXT -> '"' + (text.length() > 60 ? text.substring(0, 57) + "..." : text) + '"';
      };
    }

    @Override
    public Object plain() {
      return switch (kind) {
        case NULL -> null;
        case BOOLEAN -> Boolean.valueOf(text);
        case INTEGER -> integer();
        case DECIMAL -> Double.valueOf(text);
        case TEXT -> text;
      };
    }

    private Object integer() {
      try {
        long value = Long.parseLong(text);
        return value == (int) value ? (Object) (int) value : (Object) value;
      } catch (NumberFormatException beyondLong) {
        return Double.valueOf(text);
      }
    }
  }

  /** What YAML takes a value for. Numbers such as {@code 1e-6} count, as every user expects. */
  enum ScalarKind {
    NULL,
    BOOLEAN,
    INTEGER,
    DECIMAL,
    TEXT
  }
}
