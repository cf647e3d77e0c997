package dev.hone.policy.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** {@code namespace(...)}: the one thing a template may change from within a loop. */
final class Namespace {

  private final Map<String, Object> attributes = new LinkedHashMap<>();

  Namespace(Arguments arguments) {
    for (Object from : arguments.positional()) {
      if (from instanceof Map<?, ?> map) {
        map.forEach((key, value) -> attributes.put(Values.string(key), value));
      }
    }
    attributes.putAll(arguments.named());
  }

  Object get(String name) {
    return attributes.containsKey(name)
        ? attributes.get(name)
        : new Undefined("the namespace's '" + name + "'");
  }

  void set(String name, Object value) {
    attributes.put(name, value);
  }
}
