package dev.hone.rewards.math;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Finds {@code \boxed{...}} and {@code \fbox{...}} in a text, however deep their braces nest. */
final class Boxes {

  /**
   * A box.
   *
   * @param content what stands in it
   * @param start where its command begins
   * @param end past its closing brace
   */
  record Box(String content, int start, int end) {}

  private static final String[] COMMANDS = {"\\boxed", "\\fbox", "\\framebox"};

  /** Boxes that never close are passed over, so many of them at most. */
  private static final int MAX_ATTEMPTS = 40;

  private Boxes() {}

  /** The last boxes of a text, at most so many, in their order; boxes within boxes are not told. */
  static List<Box> last(String text, int atMost) {
    List<Box> found = new ArrayList<>();
    int attempts = 0;
    for (int at = text.lastIndexOf('\\'); at >= 0; at = text.lastIndexOf('\\', at - 1)) {
      int length = commandAt(text, at);
      if (length == 0) {
        continue;
      }
      if (found.size() == atMost || ++attempts > MAX_ATTEMPTS) {
        break;
      }
      Box box = read(text, at, length);
      if (box != null) {
        while (!found.isEmpty() && found.get(found.size() - 1).start() < box.end()) {
          found.remove(found.size() - 1);
        }
        found.add(box);
      }
    }
    Collections.reverse(found);
    return found;
  }

  /** Whether the last box of a text was opened and never closed, as where a response is cut off. */
  static boolean endsOpen(String text) {
    for (int at = text.lastIndexOf('\\'); at >= 0; at = text.lastIndexOf('\\', at - 1)) {
      int length = commandAt(text, at);
      if (length > 0) {
        return text.startsWith("{", at + length) && read(text, at, length) == null;
      }
    }
    return false;
  }

  private static int commandAt(String text, int at) {
    for (String command : COMMANDS) {
      if (text.startsWith(command, at)) {
        return command.length();
      }
    }
    return 0;
  }

  private static Box read(String text, int start, int commandLength) {
    int at = start + commandLength;
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    if (at >= text.length()) {
      return null;
    }
    if (text.charAt(at) != '{') {
      // "\boxed 5": the next piece of text, as TeX takes it, to the end of its number.
      int end = at;
      while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)))) {
        end++;
      }
      return end == at ? null : new Box(text.substring(at, end), start, end);
    }
    int depth = 0;
    int limit = Math.min(text.length(), at + 2 * Lexer.MAX_CHARACTERS);
    for (int i = at; i < limit; i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '{') {
        depth++;
      } else if (c == '}' && --depth == 0) {
        return new Box(text.substring(at + 1, i), start, i + 1);
      }
    }
    return null;
  }
}
