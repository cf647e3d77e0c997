package dev.hone.policy.jinja;

import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A template, ready to render. Safe to use from several threads. */
public final class Template {

  private final Statement body;

  private Template(Statement body) {
    this.body = body;
  }

  /**
   * @throws TemplateError where the source is not a template, with its line
   */
  public static Template parse(String source) {
    return new Template(new StatementParser(Lexer.tokens(source)).template());
  }

  /** {@link #render(Map, Clock)} at the time of this machine. */
  public String render(Map<String, ?> variables) {
    return render(variables, Clock.systemDefaultZone());
  }

  /**
   * The text of the template.
   *
   * @param variables strings, numbers, booleans, nulls, lists and maps of such
   * @param clock for {@code strftime_now}
   * @throws TemplateError where the template raises an exception or cannot be evaluated
   */
  public String render(Map<String, ?> variables, Clock clock) {
    Scope scope = new Scope(Globals.scope(clock));
    variables.forEach((name, value) -> scope.set(name, converted(value)));
    StringBuilder out = new StringBuilder();
    try {
      body.run(scope, out);
    } catch (StackOverflowError e) {
      throw new TemplateError("macros or loops are nested too deeply");
    } catch (TemplateError e) {
      throw e;
    } catch (LoopControl e) {
      throw new TemplateError("break or continue stands outside of a loop");
    } catch (RuntimeException e) {
      // A filter was given what it has no use for: the smallest of nothing, a width of -1.
      throw new TemplateError("it cannot be evaluated: " + e.getMessage());
    }
    return out.toString();
  }

  /** Whole numbers as Long, others as Double, lists and maps copied. */
  private static Object converted(Object value) {
    if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
      return ((Number) value).longValue();
    } else if (value instanceof Float number) {
      return number.doubleValue();
    } else if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>();
      list.forEach(element -> copy.add(converted(element)));
      return copy;
    } else if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, element) -> copy.put(key, converted(element)));
      return copy;
    } else if (value == null
        || value instanceof String
        || value instanceof Boolean
        || value instanceof Long
        || value instanceof Double) {
      return value;
    }
    throw new IllegalArgumentException("Templates have no values of " + value.getClass());
  }
}
