package dev.hone.policy.jinja;

import java.time.Clock;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Functions that every template has: Jinja's, and the two that transformers adds. */
final class Globals {

  /** As in Jinja's sandbox. */
  private static final int LONGEST_RANGE = 100_000;

  private Globals() {}

  static Scope scope(Clock clock) {
    Scope scope = new Scope(null);
    scope.set("range", (Callable) Globals::range);
    scope.set("dict", (Callable) arguments -> new LinkedHashMap<>(arguments.named()));
    scope.set("namespace", (Callable) Namespace::new);
    scope.set(
        "raise_exception",
        (Callable)
            arguments -> {
              throw new TemplateError(Values.string(arguments.require(0, "message")));
            });
    scope.set(
        "strftime_now",
        (Callable) arguments -> strftime(LocalDateTime.now(clock), arguments.string(0, "format")));
    return scope;
  }

  private static Object range(Arguments arguments) {
    List<Object> given = arguments.positional();
    long from = given.size() > 1 ? Values.integer(given.get(0)) : 0;
    long to = Values.integer(arguments.require(given.size() > 1 ? 1 : 0, "stop"));
    long step = given.size() > 2 ? Values.integer(given.get(2)) : 1;
    if (step == 0 || Math.abs((to - from) / step) > LONGEST_RANGE) {
      throw new TemplateError("a range holds at most " + LONGEST_RANGE + " numbers");
    }
    List<Object> numbers = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      numbers.add(i);
    }
    return numbers;
  }

  private static final Map<Character, String> PATTERNS =
      Map.ofEntries(
          Map.entry('Y', "yyyy"),
          Map.entry('y', "yy"),
          Map.entry('m', "MM"),
          Map.entry('d', "dd"),
          Map.entry('B', "MMMM"),
          Map.entry('b', "MMM"),
          Map.entry('A', "EEEE"),
          Map.entry('a', "EEE"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('M', "mm"),
          Map.entry('S', "ss"),
          Map.entry('p', "a"),
          Map.entry('j', "DDD"),
          Map.entry('F', "yyyy-MM-dd"),
          Map.entry('T', "HH:mm:ss"));

  /** C's strftime, in English. */
  private static String strftime(LocalDateTime time, String format) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char directive = format.charAt(++i);
      boolean unpadded = directive == '-' && i + 1 < format.length();
      directive = unpadded ? format.charAt(++i) : directive;
      String pattern = PATTERNS.get(directive);
      if (pattern == null) {
        out.append(directive == '%' ? "%" : "%" + directive);
        continue;
      }
      String text = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
      out.append(unpadded ? text.replaceFirst("^0+(?=.)", "") : text);
    }
    return out.toString();
  }
}
