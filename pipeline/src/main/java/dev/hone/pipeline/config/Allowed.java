package dev.hone.pipeline.config;

import java.util.Collection;

/** What a message says of the values allowed. */
final class Allowed {

  /** Longer lists are shown by {@code hone config}, not in an error. */
  private static final int MOST_NAMES = 14;

  private Allowed() {}

  /** {@code ; did you mean b? (allowed: a, b, c)}. */
  static String oneOf(String written, Collection<String> names) {
    String meant =
        Nearest.to(written, names).map(name -> "; did you mean " + name + "?").orElse(";");
    return names.size() <= MOST_NAMES
        ? meant + " allowed: " + String.join(", ", names)
        : meant + " `hone config` lists the " + names.size() + " keys allowed here";
  }

  static boolean isWithin(Setting setting, double value) {
    return value >= setting.min()
        && value <= setting.max()
        && value > setting.above()
        && value < setting.below();
  }

  /** {@code from 0 to 1}, {@code above 0}, or nothing where every number is allowed. */
  static String range(Setting setting) {
    StringBuilder range = new StringBuilder();
    bound(range, "of at least", setting.min());
    bound(range, "above", setting.above());
    bound(range, range.isEmpty() ? "of at most" : "and at most", setting.max());
    bound(range, range.isEmpty() ? "below" : "and below", setting.below());
    return range.toString();
  }

  private static void bound(StringBuilder range, String words, double bound) {
    if (!Double.isInfinite(bound)) {
      range.append(' ').append(words).append(' ').append(number(bound));
    }
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
