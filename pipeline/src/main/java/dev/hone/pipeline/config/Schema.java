package dev.hone.pipeline.config;

import com.google.common.base.CaseFormat;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the records say of themselves: keys, types, defaults, limits, descriptions. */
final class Schema {

  /**
   * One key of a section.
   *
   * @param name the key in the YAML
   * @param type the Java type it is read into
   * @param setting its description and limits
   * @param defaultYaml its default where it stands, or empty for none
   */
  record Key(String name, Type type, Setting setting, String defaultYaml) {}

  private Schema() {}

  static String keyOf(RecordComponent component) {
    return CaseFormat.LOWER_CAMEL.to(CaseFormat.LOWER_UNDERSCORE, component.getName());
  }

  /** The keys of a section in order, those of its flat parts among them. */
  static List<Key> keys(Class<?> record) {
    return keys(record, Map.of());
  }

  static List<Key> keys(Class<?> record, Map<String, String> otherDefaults) {
    List<Key> keys = new ArrayList<>();
    for (RecordComponent component : record.getRecordComponents()) {
      Flat flat = component.getAnnotation(Flat.class);
      if (flat != null) {
        keys.addAll(keys(component.getType(), defaultsOf(flat)));
      } else if (!component.isAnnotationPresent(OtherKeys.class)) {
        String name = keyOf(component);
        Setting setting = settingOf(component);
        keys.add(
            new Key(
                name,
                component.getGenericType(),
                setting,
                otherDefaults.getOrDefault(name, setting.value())));
      }
    }
    return keys;
  }

  static List<String> names(Class<?> record) {
    return keys(record).stream().map(Key::name).toList();
  }

  static boolean takesOtherKeys(Class<?> record) {
    return Arrays.stream(record.getRecordComponents())
        .anyMatch(component -> component.isAnnotationPresent(OtherKeys.class));
  }

  static Setting settingOf(RecordComponent component) {
    Setting setting = component.getAnnotation(Setting.class);
    if (setting == null) {
      throw new IllegalStateException(component + " lacks @Setting");
    }
    return setting;
  }

  static Map<String, String> defaultsOf(Flat flat) {
    Map<String, String> defaults = new LinkedHashMap<>();
    for (String entry : flat.defaults()) {
      int equals = entry.indexOf('=');
      defaults.put(entry.substring(0, equals), entry.substring(equals + 1));
    }
    return defaults;
  }

  /** The records of a sealed interface by the word under {@code type}. */
  static Map<String, Class<?>> kinds(Class<?> sealed) {
    Map<String, Class<?>> kinds = new LinkedHashMap<>();
    for (Class<?> kind : sealed.getPermittedSubclasses()) {
      kinds.put(kind.getAnnotation(Kind.class).value(), kind);
    }
    return kinds;
  }

  static Class<?> raw(Type type) {
    return type instanceof ParameterizedType generic
        ? (Class<?>) generic.getRawType()
        : (Class<?>) type;
  }

  static Type argument(Type type, int index) {
    return ((ParameterizedType) type).getActualTypeArguments()[index];
  }
}
