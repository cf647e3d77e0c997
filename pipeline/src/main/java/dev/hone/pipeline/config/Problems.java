package dev.hone.pipeline.config;

import dev.hone.policy.InvalidInput;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is wrong with an experiment, one line each, all of it at once. */
final class Problems {

  private record Problem(int line, String text) {}

  private static final Pattern LINE = Pattern.compile(":(\\d+)$");

  private final Set<Problem> problems = new LinkedHashSet<>();

  /**
   * Notes a problem.
   *
   * @param at {@code file:line}
   * @param path the key, such as {@code stages[1].epsilon}, or empty for the whole file
   * @param what what was found and what is allowed
   */
  void add(String at, String path, String what) {
    Matcher line = LINE.matcher(at);
    int number = line.find() ? Integer.parseInt(line.group(1)) : Integer.MAX_VALUE;
    problems.add(new Problem(number, at + ": " + (path.isEmpty() ? "" : path + ": ") + what));
  }

  boolean any() {
    return !problems.isEmpty();
  }

  int count() {
    return problems.size();
  }

  /** The problems in the order of the file; those of the command line last. */
  List<String> lines() {
    return problems.stream()
        .sorted(Comparator.comparingInt(Problem::line))
        .map(Problem::text)
        .toList();
  }

  /** Stops with every line if there is any. */
  void stop() {
    if (any()) {
      throw new InvalidInput(String.join("\n", lines()));
    }
  }

  static String child(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  static String item(String path, int index) {
    return path + "[" + index + "]";
  }
}
