package dev.hone.pipeline.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Writes records as YAML, so that reading them gives the same records. */
final class YamlWriter {

  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
              .build());

  private YamlWriter() {}

  static String write(Record record) {
    try {
      return YAML.writeValueAsString(plain(record));
    } catch (JsonProcessingException impossible) {
      throw new AssertionError("maps, lists and values can be written", impossible);
    }
  }

  /** The record as maps, lists and values, under the keys of the YAML. */
  static Map<String, Object> plain(Record record) {
    Map<String, Object> map = new LinkedHashMap<>();
    Kind kind = record.getClass().getAnnotation(Kind.class);
    if (kind != null) {
      map.put("type", kind.value());
    }
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = value(component, record);
      if (component.isAnnotationPresent(Flat.class)) {
        map.putAll(plain((Record) value));
      } else if (component.isAnnotationPresent(OtherKeys.class)) {
        ((Map<?, ?>) value).forEach((key, item) -> map.put((String) key, plainValue(item)));
      } else {
        map.put(Schema.keyOf(component), plainValue(value));
      }
    }
    return map;
  }

  private static Object value(RecordComponent component, Record record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException("cannot read " + component, impossible);
    }
  }

  private static Object plainValue(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.map(YamlWriter::plainValue).orElse(null);
    }
    if (value instanceof OptionalInt optional) {
      return optional.isPresent() ? (Object) optional.getAsInt() : null;
    }
    if (value instanceof OptionalDouble optional) {
      return optional.isPresent() ? (Object) optional.getAsDouble() : null;
    }
    if (value instanceof Record record) {
      return plain(record);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(YamlWriter::plainValue).toList();
    }
    if (value instanceof Enum<?> constant) {
      return Words.of(constant);
    }
    return value;
  }
}
