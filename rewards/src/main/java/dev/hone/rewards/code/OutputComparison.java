package dev.hone.rewards.code;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a program printed what it should: line by line, blanks at the ends of lines and empty
 * lines at the end aside. With a tolerance, an expected number that has a fraction may be met
 * nearly, by a number in the same place.
 */
final class OutputComparison {

  private static final int SHOWN = 60;

  private final double tolerance;

  OutputComparison(double tolerance) {
    this.tolerance = tolerance;
  }

  /** What differs, in a few words; null where nothing does. */
  String difference(String expected, byte[] actual) {
    // Latin-1 gives every byte a character of its own, so that broken UTF-8 equals nothing else.
    List<String> wanted =
        lines(new String(expected.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    List<String> found = lines(new String(actual, StandardCharsets.ISO_8859_1));
    for (int i = 0; i < Math.min(wanted.size(), found.size()); i++) {
      if (!wanted.get(i).equals(found.get(i)) && !nearly(wanted.get(i), found.get(i))) {
        return "line "
            + (i + 1)
            + ": expected "
            + shown(wanted.get(i))
            + ", printed "
            + shown(found.get(i));
      }
    }
    return wanted.size() == found.size()
        ? null
        : "expected " + wanted.size() + " lines, printed " + found.size();
  }

  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    int from = 0;
    while (from <= text.length()) {
      int end = text.indexOf('\n', from);
      end = end < 0 ? text.length() : end;
      lines.add(stripTrailing(text.substring(from, end)));
      from = end + 1;
    }
    while (!lines.isEmpty() && lines.get(lines.size() - 1).isEmpty()) {
      lines.remove(lines.size() - 1);
    }
    return lines;
  }

  private static String stripTrailing(String line) {
    int end = line.length();
    while (end > 0 && " \t\r\f\u000b".indexOf(line.charAt(end - 1)) >= 0) {
      end--;
    }
    return line.substring(0, end);
  }

  private boolean nearly(String expected, String actual) {
    if (tolerance <= 0) {
      return false;
    }
    String[] wanted = expected.strip().split("\\s+");
    String[] found = actual.strip().split("\\s+");
    boolean sameBlanks = expected.replaceAll("\\S+", "x").equals(actual.replaceAll("\\S+", "x"));
    if (wanted.length != found.length || !sameBlanks) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (!wanted[i].equals(found[i]) && !close(wanted[i], found[i])) {
        return false;
      }
    }
    return true;
  }

  private boolean close(String expected, String actual) {
    boolean fraction =
        expected.matches("[-+]?\\d*\\.?\\d*(?:[eE][-+]?\\d{1,3})?")
            && expected.matches(".*[.eE].*")
            && expected.length() < 60;
    if (!fraction || !actual.matches("[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d{1,3})?")) {
      return false;
    }
    try {
      double one = new BigDecimal(expected).doubleValue();
      double other = Double.parseDouble(actual);
      return Math.abs(one - other) <= tolerance * Math.max(1, Math.abs(one));
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static String shown(String latin) {
    String text = new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    return "'" + (text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "...") + "'";
  }
}
