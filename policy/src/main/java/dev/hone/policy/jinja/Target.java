package dev.hone.policy.jinja;

import java.util.List;

/** What a value is assigned to. */
interface Target {

  void assign(Scope scope, Object value);

  /** Several targets, one an element of the value. */
  static Target unpacked(List<Target> targets) {
    return (scope, value) -> {
      List<?> elements = Values.iterate(value);
      if (elements.size() != targets.size()) {
        throw new TemplateError(
            "expected " + targets.size() + " values to unpack, found " + elements.size());
      }
      for (int i = 0; i < targets.size(); i++) {
        targets.get(i).assign(scope, elements.get(i));
      }
    };
  }
}
