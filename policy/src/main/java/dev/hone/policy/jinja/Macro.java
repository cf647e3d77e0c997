package dev.hone.policy.jinja;

import java.util.List;
import java.util.Map;

/** A call of a macro, or of the block that a {@code call} passes to one. */
final class Macro {

  private Macro() {}

  /**
   * @param parameters their defaults, in order
   * @param scope where the macro was defined
   * @param caller the calling block, or null
   */
  static String run(
      String name,
      Map<String, Expression> parameters,
      Statement body,
      Scope scope,
      Arguments arguments,
      Object caller) {
    Scope inner = new Scope(scope);
    List<Object> positional = arguments.positional();
    int position = 0;
    for (Map.Entry<String, Expression> parameter : parameters.entrySet()) {
      Object value =
          arguments.has(position, parameter.getKey())
              ? arguments.get(position, parameter.getKey(), null)
              : parameter.getValue().evaluate(inner);
      inner.set(parameter.getKey(), value);
      position++;
    }
    inner.set(
        "varargs",
        position < positional.size() ? positional.subList(position, positional.size()) : List.of());
    for (String named : arguments.named().keySet()) {
      if (!parameters.containsKey(named) && !named.equals("caller")) {
        throw new TemplateError("'" + name + "' takes no argument '" + named + "'");
      }
    }
    if (caller != null) {
      inner.set("caller", caller);
    }
    StringBuilder out = new StringBuilder();
    body.run(inner, out);
    return out.toString();
  }
}
