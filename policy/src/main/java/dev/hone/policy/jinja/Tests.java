package dev.hone.policy.jinja;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What stands after {@code is}. */
final class Tests {

  private Tests() {}

  static boolean holds(String name, Object value, List<Object> arguments) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == null;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "number" -> Values.isNumber(value);
      case "string" -> value instanceof String;
      case "mapping" -> value instanceof Map;
      case "sequence", "iterable" ->
          value instanceof List
              || value instanceof Map
              || value instanceof String
              || value instanceof Undefined;
      case "callable" -> value instanceof Callable;
      case "odd" -> Math.floorMod(Values.integer(value), 2L) == 1;
      case "even" -> Math.floorMod(Values.integer(value), 2L) == 0;
      case "lower" -> Values.string(value).equals(Values.string(value).toLowerCase(Locale.ROOT));
      case "upper" -> Values.string(value).equals(Values.string(value).toUpperCase(Locale.ROOT));
      case "filter" -> Filters.known(Values.string(value));
      case "test" -> known(Values.string(value));
      default -> {
        Object other = arguments.isEmpty() ? new Undefined("the argument") : arguments.get(0);
        yield compared(name, value, other);
      }
    };
  }

  private static boolean compared(String name, Object value, Object other) {
    return switch (name) {
      case "eq", "equalto", "==" -> Values.equal(value, other);
      case "ne", "!=" -> !Values.equal(value, other);
      case "lt", "lessthan", "<" -> Values.compare(value, other) < 0;
      case "le", "<=" -> Values.compare(value, other) <= 0;
      case "gt", "greaterthan", ">" -> Values.compare(value, other) > 0;
      case "ge", ">=" -> Values.compare(value, other) >= 0;
      case "in" -> Values.contains(other, value);
      case "sameas" -> value == other || (value != null && value.equals(other));
      case "divisibleby" -> Math.floorMod(Values.integer(value), Values.integer(other)) == 0;
      default -> throw new TemplateError("there is no test '" + name + "'");
    };
  }

  private static boolean known(String name) {
    try {
      holds(name, 0L, List.of(1L));
      return true;
    } catch (TemplateError e) {
      return !e.getMessage().startsWith("there is no test");
    }
  }
}
