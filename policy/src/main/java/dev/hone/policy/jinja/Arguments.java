package dev.hone.policy.jinja;

import java.util.List;
import java.util.Map;

/** What a call is given: by position and by name. */
record Arguments(List<Object> positional, Map<String, Object> named) {

  static final Arguments NONE = new Arguments(List.of(), Map.of());

  int size() {
    return positional.size() + named.size();
  }

  boolean has(int position, String name) {
    return position < positional.size() || named.containsKey(name);
  }

  Object get(int position, String name, Object otherwise) {
    return position < positional.size()
        ? positional.get(position)
        : named.getOrDefault(name, otherwise);
  }

  Object require(int position, String name) {
    if (!has(position, name)) {
      throw new TemplateError("the argument '" + name + "' is missing");
    }
    return get(position, name, null);
  }

  String string(int position, String name) {
    Object value = require(position, name);
    if (value instanceof String text) {
      return text;
    }
    throw new TemplateError("'" + name + "' must be a string, found " + Values.repr(value));
  }

  long integer(int position, String name, long otherwise) {
    Object value = get(position, name, otherwise);
    return value == null ? otherwise : Values.integer(value);
  }
}
