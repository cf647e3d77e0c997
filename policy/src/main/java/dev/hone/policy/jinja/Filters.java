package dev.hone.policy.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** What stands after {@code |}; the filtered value is the first argument. */
final class Filters {

  private static final Map<String, Callable> ALL = all();

  private Filters() {}

  static boolean known(String name) {
    return ALL.containsKey(name);
  }

  static Object apply(String name, Object value, Arguments rest) {
    List<Object> positional = new ArrayList<>();
    positional.add(value);
    positional.addAll(rest.positional());
    return ALL.get(name).call(new Arguments(positional, rest.named()));
  }

  private static Map<String, Callable> all() {
    Map<String, Callable> all = new HashMap<>();
    text(all, "upper", text -> text.toUpperCase(Locale.ROOT));
    text(all, "lower", text -> text.toLowerCase(Locale.ROOT));
    text(all, "capitalize", Strings::capitalize);
    text(all, "title", Strings::title);
    text(all, "string", text -> text);
    text(all, "safe", text -> text);
    text(all, "wordcount", text -> (long) text.trim().split("\\s+").length);
    all.put("escape", a -> escape(subject(a)));
    all.put("e", all.get("escape"));
    all.put("trim", a -> Strings.trim(subject(a), a.get(1, "chars", null)));
    all.put("indent", Filters::indent);
    all.put(
        "replace",
        a ->
            Strings.replace(
                subject(a), a.string(1, "old"), a.string(2, "new"), a.integer(3, "count", -1)));
    all.put(
        "format",
        a -> Strings.percentFormat(subject(a), a.positional().subList(1, a.positional().size())));
    all.put("tojson", Json::dumps);
    all.put("length", a -> Values.length(value(a)));
    all.put("count", all.get("length"));
    all.put("first", a -> Access.item(elements(a), 0L));
    all.put("last", a -> Access.item(elements(a), -1L));
    all.put("list", Filters::elements);
    all.put("reverse", Filters::reverse);
    all.put("join", Filters::join);
    all.put("sum", Filters::sum);
    all.put("min", a -> Collections.min(elements(a), Values::compare));
    all.put("max", a -> Collections.max(elements(a), Values::compare));
    all.put("sort", Filters::sort);
    all.put("unique", Filters::unique);
    all.put("batch", Filters::batch);
    all.put("items", a -> value(a) instanceof Map<?, ?> map ? Access.items(map) : List.of());
    all.put("dictsort", Filters::dictsort);
    all.put("map", Filters::map);
    all.put("select", a -> filtered(a, element -> element, 1, true));
    all.put("reject", a -> filtered(a, element -> element, 1, false));
    all.put("selectattr", a -> filtered(a, path(a.string(1, "attribute")), 2, true));
    all.put("rejectattr", a -> filtered(a, path(a.string(1, "attribute")), 2, false));
    all.put("attr", a -> Access.attribute(value(a), a.string(1, "name")));
    all.put("default", Filters::otherwise);
    all.put("d", all.get("default"));
    all.put("int", Filters::toInteger);
    all.put("float", Filters::toFloat);
    all.put("abs", a -> Values.compare(value(a), 0L) < 0 ? Arithmetic.negate(value(a)) : value(a));
    all.put("round", Filters::round);
    return all;
  }

  private static void text(Map<String, Callable> all, String name, Function<String, Object> f) {
    all.put(name, arguments -> f.apply(subject(arguments)));
  }

  private static Object value(Arguments arguments) {
    return arguments.positional().get(0);
  }

  private static String subject(Arguments arguments) {
    return Values.string(value(arguments));
  }

  private static List<Object> elements(Arguments arguments) {
    return new ArrayList<>(Values.iterate(value(arguments)));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;")
        .replace("\"", "&#34;");
  }

  private static Object indent(Arguments a) {
    Object width = a.get(1, "width", 4L);
    String margin = width instanceof String text ? text : " ".repeat((int) Values.integer(width));
    boolean first = Values.truth(a.get(2, "first", false));
    boolean blank = Values.truth(a.get(3, "blank", false));
    String[] lines = subject(a).split("\n", -1);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < lines.length; i++) {
      boolean indented = i == 0 ? first : blank || !lines[i].isEmpty();
      out.append(i > 0 ? "\n" : "").append(indented ? margin : "").append(lines[i]);
    }
    return out.toString();
  }

  private static Object reverse(Arguments a) {
    if (value(a) instanceof String text) {
      return new StringBuilder(text).reverse().toString();
    }
    List<Object> elements = elements(a);
    Collections.reverse(elements);
    return elements;
  }

  private static Object join(Arguments a) {
    Object attribute = a.get(2, "attribute", null);
    List<Object> elements = elements(a);
    if (attribute != null) {
      elements.replaceAll(path(Values.string(attribute))::apply);
    }
    return Strings.join(Values.string(a.get(1, "d", "")), elements);
  }

  private static Object sum(Arguments a) {
    Object attribute = a.get(1, "attribute", null);
    Object sum = a.get(2, "start", 0L);
    for (Object element : elements(a)) {
      Object term = attribute == null ? element : path(Values.string(attribute)).apply(element);
      sum = Arithmetic.apply("+", sum, term);
    }
    return sum;
  }

  private static Object sort(Arguments a) {
    Object attribute = a.get(3, "attribute", null);
    boolean caseSensitive = Values.truth(a.get(2, "case_sensitive", false));
    Function<Object, Object> key =
        attribute == null ? element -> element : path(Values.string(attribute));
    List<Object> elements = elements(a);
    Comparator<Object> order =
        (x, y) ->
            Values.compare(
                folded(key.apply(x), caseSensitive), folded(key.apply(y), caseSensitive));
    elements.sort(Values.truth(a.get(1, "reverse", false)) ? order.reversed() : order);
    return elements;
  }

  private static Object folded(Object value, boolean caseSensitive) {
    return value instanceof String text && !caseSensitive ? text.toLowerCase(Locale.ROOT) : value;
  }

  private static Object unique(Arguments a) {
    List<Object> kept = new ArrayList<>();
    List<Object> seen = new ArrayList<>();
    for (Object element : elements(a)) {
      if (!Values.contains(seen, folded(element, false))) {
        seen.add(folded(element, false));
        kept.add(element);
      }
    }
    return kept;
  }

  private static Object batch(Arguments a) {
    int size = (int) Math.max(1, a.integer(1, "linecount", 1));
    List<Object> elements = elements(a);
    List<Object> batches = new ArrayList<>();
    for (int i = 0; i < elements.size(); i += size) {
      batches.add(new ArrayList<>(elements.subList(i, Math.min(i + size, elements.size()))));
    }
    return batches;
  }

  private static Object dictsort(Arguments a) {
    if (!(value(a) instanceof Map<?, ?> map)) {
      throw new TemplateError("dictsort needs a mapping, found " + Values.described(value(a)));
    }
    int by = "value".equals(a.get(2, "by", "key")) ? 1 : 0;
    List<Object> items = Access.items(map);
    Comparator<Object> order =
        (x, y) ->
            Values.compare(
                folded(((List<?>) x).get(by), false), folded(((List<?>) y).get(by), false));
    items.sort(Values.truth(a.get(3, "reverse", false)) ? order.reversed() : order);
    return items;
  }

  private static Object map(Arguments a) {
    List<Object> elements = elements(a);
    if (a.named().containsKey("attribute")) {
      Function<Object, Object> path = path(Values.string(a.named().get("attribute")));
      Object otherwise = a.named().get("default");
      elements.replaceAll(
          element -> {
            Object found = path.apply(element);
            return found instanceof Undefined && otherwise != null ? otherwise : found;
          });
      return elements;
    }
    String name = a.string(1, "filter");
    if (!known(name)) {
      throw new TemplateError("there is no filter '" + name + "'");
    }
    Arguments rest = new Arguments(a.positional().subList(2, a.positional().size()), a.named());
    elements.replaceAll(element -> apply(name, element, rest));
    return elements;
  }

  private static Object filtered(
      Arguments a, Function<Object, Object> of, int testAt, boolean keep) {
    List<Object> all = a.positional();
    Predicate<Object> test =
        all.size() <= testAt
            ? Values::truth
            : element ->
                Tests.holds(
                    Values.string(all.get(testAt)), element, all.subList(testAt + 1, all.size()));
    List<Object> kept = elements(a);
    kept.removeIf(element -> test.test(of.apply(element)) != keep);
    return kept;
  }

  /** {@code a.b.0}: attributes, entries and positions, one after another. */
  private static Function<Object, Object> path(String dotted) {
    return element -> {
      Object value = element;
      for (String part : dotted.split("\\.")) {
        boolean number = !part.isEmpty() && part.chars().allMatch(Character::isDigit);
        value = Access.item(value, number ? (Object) Long.parseLong(part) : part);
      }
      return value;
    };
  }

  private static Object otherwise(Arguments a) {
    Object value = value(a);
    boolean replaced =
        value instanceof Undefined
            || (Values.truth(a.get(2, "boolean", false)) && !Values.truth(value));
    return replaced ? a.get(1, "default_value", "") : value;
  }

  private static Object toInteger(Arguments a) {
    Object value = value(a);
    try {
      return value instanceof String text
          ? (Object) (long) Double.parseDouble(text.trim())
          : (Object) (long) Values.number(value);
    } catch (NumberFormatException | TemplateError e) {
      return a.get(1, "default", 0L);
    }
  }

  private static Object toFloat(Arguments a) {
    Object value = value(a);
    try {
      return value instanceof String text ? Double.parseDouble(text.trim()) : Values.number(value);
    } catch (NumberFormatException | TemplateError e) {
      return a.get(1, "default", 0.0);
    }
  }

  private static Object round(Arguments a) {
    double scale = Math.pow(10, a.integer(1, "precision", 0));
    double scaled = Values.number(value(a)) * scale;
    return switch (Values.string(a.get(2, "method", "common"))) {
      case "ceil" -> Math.ceil(scaled) / scale;
      case "floor" -> Math.floor(scaled) / scale;
      default -> Math.rint(scaled) / scale;
    };
  }
}
