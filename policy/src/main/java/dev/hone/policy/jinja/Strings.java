package dev.hone.policy.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The methods of Python's str. */
final class Strings {

  interface Method {
    Object call(String text, Arguments arguments);
  }

  static final Map<String, Method> METHODS = methods();

  private static final Pattern FORMAT = Pattern.compile("%(?:\\.(\\d+))?([sdrf%])");
  private static final Pattern FIELD = Pattern.compile("\\{\\{|\\}\\}|\\{(\\w*)\\}");

  private Strings() {}

  private static Map<String, Method> methods() {
    Map<String, Method> all = new HashMap<>();
    all.put("strip", (text, a) -> strip(text, a, Side.BOTH));
    all.put("lstrip", (text, a) -> strip(text, a, Side.LEFT));
    all.put("rstrip", (text, a) -> strip(text, a, Side.RIGHT));
    all.put("split", (text, a) -> split(text, a.get(0, "sep", null), limit(a)));
    all.put("rsplit", (text, a) -> splitRight(text, a.get(0, "sep", null), limit(a)));
    all.put("splitlines", (text, a) -> (Object) new ArrayList<Object>(text.lines().toList()));
    all.put("partition", (text, a) -> partition(text, a.string(0, "sep"), Side.LEFT));
    all.put("rpartition", (text, a) -> partition(text, a.string(0, "sep"), Side.RIGHT));
    all.put("startswith", (text, a) -> any(a.require(0, "prefix"), text::startsWith));
    all.put("endswith", (text, a) -> any(a.require(0, "suffix"), text::endsWith));
    all.put(
        "removeprefix",
        (text, a) -> {
          String prefix = a.string(0, "prefix");
          return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
        });
    all.put(
        "removesuffix",
        (text, a) -> {
          String suffix = a.string(0, "suffix");
          return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
        });
    all.put(
        "replace",
        (text, a) ->
            replace(text, a.string(0, "old"), a.string(1, "new"), a.integer(2, "count", -1)));
    all.put("find", (text, a) -> position(text, text.indexOf(a.string(0, "sub"))));
    all.put("rfind", (text, a) -> position(text, text.lastIndexOf(a.string(0, "sub"))));
    all.put("index", (text, a) -> found(position(text, text.indexOf(a.string(0, "sub")))));
    all.put("rindex", (text, a) -> found(position(text, text.lastIndexOf(a.string(0, "sub")))));
    all.put("count", (text, a) -> count(text, a.string(0, "sub")));
    all.put("join", (text, a) -> join(text, a.require(0, "iterable")));
    all.put("format", Strings::braceFormat);
    all.put("upper", (text, a) -> text.toUpperCase(Locale.ROOT));
    all.put("lower", (text, a) -> text.toLowerCase(Locale.ROOT));
    all.put("capitalize", (text, a) -> capitalize(text));
    all.put("title", (text, a) -> title(text));
    all.put("isdigit", (text, a) -> all(text, Character::isDigit));
    all.put("isnumeric", (text, a) -> all(text, Character::isDigit));
    all.put("isdecimal", (text, a) -> all(text, Character::isDigit));
    all.put("isalpha", (text, a) -> all(text, Character::isLetter));
    all.put("isalnum", (text, a) -> all(text, Character::isLetterOrDigit));
    all.put("isspace", (text, a) -> all(text, Strings::blank));
    all.put("islower", (text, a) -> cased(text) && text.equals(text.toLowerCase(Locale.ROOT)));
    all.put("isupper", (text, a) -> cased(text) && text.equals(text.toUpperCase(Locale.ROOT)));
    all.put(
        "zfill",
        (text, a) ->
            "0".repeat((int) Math.max(0, a.integer(0, "width", 0) - text.length())) + text);
    return Collections.unmodifiableMap(all);
  }

  private enum Side {
    LEFT,
    RIGHT,
    BOTH
  }

  private static long limit(Arguments arguments) {
    return arguments.integer(1, "maxsplit", -1);
  }

  /** What Python's str.isspace takes for whitespace. */
  static boolean blank(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == 0x85;
  }

  private static boolean all(String text, IntPredicate test) {
    return !text.isEmpty() && text.codePoints().allMatch(test);
  }

  private static boolean cased(String text) {
    return text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
  }

  static String trim(String text, Object characters) {
    List<Object> arguments = new ArrayList<>();
    arguments.add(characters);
    return strip(text, new Arguments(arguments, Map.of()), Side.BOTH);
  }

  private static String strip(String text, Arguments arguments, Side side) {
    Object characters = arguments.get(0, "chars", null);
    IntPredicate dropped =
        characters instanceof String set ? c -> set.indexOf(c) >= 0 : Strings::blank;
    int[] points = text.codePoints().toArray();
    int from = 0;
    int to = points.length;
    while (side != Side.RIGHT && from < to && dropped.test(points[from])) {
      from++;
    }
    while (side != Side.LEFT && from < to && dropped.test(points[to - 1])) {
      to--;
    }
    return new String(points, from, to - from);
  }

  private static List<Object> split(String text, Object separator, long limit) {
    List<Object> parts = new ArrayList<>();
    String rest = text;
    if (separator == null) {
      rest = trimLeft(rest);
      while (!rest.isEmpty()) {
        int end = 0;
        while (end < rest.length() && !blank(rest.charAt(end))) {
          end++;
        }
        if (limit >= 0 && parts.size() == limit) {
          break;
        }
        parts.add(rest.substring(0, end));
        rest = trimLeft(rest.substring(end));
      }
      if (!rest.isEmpty()) {
        parts.add(rest);
      }
      return parts;
    }
    String mark = nonEmpty(separator);
    int at;
    while ((at = rest.indexOf(mark)) >= 0 && (limit < 0 || parts.size() < limit)) {
      parts.add(rest.substring(0, at));
      rest = rest.substring(at + mark.length());
    }
    parts.add(rest);
    return parts;
  }

  private static String trimLeft(String text) {
    return strip(text, Arguments.NONE, Side.LEFT);
  }

  private static List<Object> splitRight(String text, Object separator, long limit) {
    if (limit < 0 || separator == null) {
      return split(text, separator, -1);
    }
    String mark = nonEmpty(separator);
    List<Object> parts = new ArrayList<>();
    String rest = text;
    int at;
    while (parts.size() < limit && (at = rest.lastIndexOf(mark)) >= 0) {
      parts.add(0, rest.substring(at + mark.length()));
      rest = rest.substring(0, at);
    }
    parts.add(0, rest);
    return parts;
  }

  private static String nonEmpty(Object separator) {
    if (separator instanceof String mark && !mark.isEmpty()) {
      return mark;
    }
    throw new TemplateError("a separator must be a string that is not empty");
  }

  private static List<Object> partition(String text, String separator, Side side) {
    int at = side == Side.LEFT ? text.indexOf(separator) : text.lastIndexOf(separator);
    if (at < 0) {
      return side == Side.LEFT ? List.of(text, "", "") : List.of("", "", text);
    }
    return List.of(text.substring(0, at), separator, text.substring(at + separator.length()));
  }

  private static boolean any(Object oneOrSeveral, java.util.function.Predicate<String> test) {
    return oneOrSeveral instanceof List<?> several
        ? several.stream().map(Values::string).anyMatch(test)
        : test.test(Values.string(oneOrSeveral));
  }

  static String replace(String text, String old, String replacement, long count) {
    if (count < 0) {
      return text.replace(old, replacement);
    }
    StringBuilder out = new StringBuilder();
    int at = 0;
    for (long i = 0; i < count; i++) {
      int next = text.indexOf(old, at);
      if (next < 0 || old.isEmpty()) {
        break;
      }
      out.append(text, at, next).append(replacement);
      at = next + old.length();
    }
    return out.append(text.substring(at)).toString();
  }

  private static Object position(String text, int index) {
    return index < 0 ? -1L : (long) text.codePointCount(0, index);
  }

  private static Object found(Object position) {
    if (position.equals(-1L)) {
      throw new TemplateError("the substring is not there");
    }
    return position;
  }

  private static long count(String text, String part) {
    long count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
      if (part.isEmpty() && at == text.length()) {
        break;
      }
    }
    return count;
  }

  static String join(String separator, Object elements) {
    return String.join(separator, Values.iterate(elements).stream().map(Values::string).toList());
  }

  static String capitalize(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1).toLowerCase(Locale.ROOT);
  }

  static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean inside = false;
    for (int c : text.codePoints().toArray()) {
      out.appendCodePoint(inside ? Character.toLowerCase(c) : Character.toTitleCase(c));
      inside = Character.isLetter(c);
    }
    return out.toString();
  }

  /** {@code '...%s...' % values}. */
  static String percentFormat(String format, List<?> values) {
    Matcher matcher = FORMAT.matcher(format);
    StringBuilder out = new StringBuilder();
    int next = 0;
    while (matcher.find()) {
      String piece = "%";
      if (!matcher.group(2).equals("%")) {
        if (next >= values.size()) {
          throw new TemplateError("not enough values for the format '" + format + "'");
        }
        Object value = values.get(next++);
        piece =
            switch (matcher.group(2)) {
              case "s" -> Values.string(value);
              case "r" -> Values.repr(value);
              case "d" -> Long.toString((long) Values.number(value));
              default ->
                  String.format(
                      Locale.ROOT,
                      "%." + (matcher.group(1) == null ? "6" : matcher.group(1)) + "f",
                      Values.number(value));
            };
      }
      matcher.appendReplacement(out, Matcher.quoteReplacement(piece));
    }
    return matcher.appendTail(out).toString();
  }

  private static String braceFormat(String format, Arguments arguments) {
    Matcher matcher = FIELD.matcher(format);
    StringBuilder out = new StringBuilder();
    int next = 0;
    while (matcher.find()) {
      String field = matcher.group(1);
      String piece = matcher.group().substring(0, 1);
      if (field != null) {
        boolean named = !field.isEmpty() && !Character.isDigit(field.charAt(0));
        int position = named || field.isEmpty() ? next : Integer.parseInt(field);
        next += field.isEmpty() ? 1 : 0;
        piece =
            Values.string(
                named
                    ? arguments.require(Integer.MAX_VALUE, field)
                    : arguments.require(position, field));
      }
      matcher.appendReplacement(out, Matcher.quoteReplacement(piece));
    }
    return matcher.appendTail(out).toString();
  }
}
