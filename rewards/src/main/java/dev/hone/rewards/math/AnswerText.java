package dev.hone.rewards.math;

import dev.hone.rewards.math.Boxes.Box;
import java.util.List;
import java.util.regex.Pattern;

/** Cuts an answer out of the text and the markup around it. */
final class AnswerText {

  private static final Pattern EXPLANATION =
      Pattern.compile(
          "(?:,?\\s+(?:because|since|as|which|where|when|so that|based on|after|given that|i hope)\\b"
              + "|\\s+--\\s+|\\s+—\\s*).*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  private AnswerText() {}

  /** The first line with anything on it; a formula set off on its own lines is one. */
  static String firstLine(String text) {
    String stripped = text.stripLeading();
    for (String[] display : new String[][] {{"\\[", "\\]"}, {"$$", "$$"}}) {
      if (stripped.startsWith(display[0])) {
        int close = stripped.indexOf(display[1], 2);
        return close < 0 ? stripped : stripped.substring(0, close + 2).replace('\n', ' ');
      }
    }
    int end = stripped.indexOf('\n');
    return end < 0 ? stripped : stripped.substring(0, end);
  }

  /** Up to the full stop that ends the sentence, and without what explains it. */
  static String sentence(String line) {
    int end = line.length();
    for (int i = 0; i + 1 < line.length(); i++) {
      if (line.charAt(i) == '.'
          && Character.isWhitespace(line.charAt(i + 1))
          && i > 0
          && !(i + 2 < line.length()
              && Character.isDigit(line.charAt(i + 2))
              && Character.isDigit(line.charAt(i - 1)))) {
        // "(B). 12" and "B. 12" go on; a sentence ends elsewhere.
        if (i >= 2 && !isChoiceLetter(line, i)) {
          end = i;
          break;
        }
        if (i < 2 && !isChoiceLetter(line, i)) {
          end = i;
          break;
        }
      }
    }
    // Runs of spaces go first: the pattern would look at each of them from each of them.
    String single = line.substring(0, end).replaceAll("\\s+", " ");
    return EXPLANATION.matcher(single).replaceFirst("");
  }

  private static boolean isChoiceLetter(String line, int stop) {
    String before = line.substring(0, stop).strip();
    return before.length() <= 3 && before.matches("\\(?[A-J]\\)?");
  }

  /** An answer without the markup around it and the stop after it. */
  static String cleaned(String text) {
    String answer = text.strip();
    String before;
    do {
      before = answer;
      for (String[] pair :
          new String[][] {
            {"$$", "$$"},
            {"\\[", "\\]"},
            {"\\(", "\\)"},
            {"**", "**"},
            {"```", "```"},
            {"`", "`"},
            {"__", "__"},
            {"\"", "\""},
            {"“", "”"}
          }) {
        if (answer.length() > pair[0].length() + pair[1].length()
            && answer.startsWith(pair[0])
            && answer.endsWith(pair[1])
            && answer.indexOf(pair[1], pair[0].length()) == answer.length() - pair[1].length()) {
          answer = answer.substring(pair[0].length(), answer.length() - pair[1].length()).strip();
        }
      }
      if (answer.length() > 2
          && answer.startsWith("$")
          && answer.endsWith("$")
          && answer.indexOf('$', 1) == answer.length() - 1) {
        answer = answer.substring(1, answer.length() - 1).strip();
      }
      if (answer.startsWith("*") && answer.endsWith("*") && answer.length() > 2) {
        answer = answer.substring(1, answer.length() - 1).strip();
      }
      while (answer.endsWith("**") && !answer.startsWith("**")) {
        answer = answer.substring(0, answer.length() - 2).strip();
      }
      boolean dots = answer.endsWith("..") || answer.endsWith("\\.");
      if (!dots && !answer.isEmpty() && ".,;。".indexOf(answer.charAt(answer.length() - 1)) >= 0) {
        answer = answer.substring(0, answer.length() - 1).strip();
      }
      if (answer.endsWith("\\") && !answer.endsWith("\\\\")) {
        answer = answer.substring(0, answer.length() - 1).strip();
      }
      String box = onlyBox(answer);
      if (box != null) {
        answer = box.strip();
      }
    } while (!answer.equals(before));
    return answer;
  }

  private static String onlyBox(String answer) {
    if (!answer.startsWith("\\boxed") && !answer.startsWith("\\fbox")) {
      return null;
    }
    List<Box> boxes = Boxes.last(answer, 2);
    return boxes.size() == 1 && boxes.get(0).start() == 0 && boxes.get(0).end() == answer.length()
        ? boxes.get(0).content()
        : null;
  }
}
