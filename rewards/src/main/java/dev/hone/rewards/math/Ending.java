package dev.hone.rewards.math;

import java.util.Locale;
import java.util.regex.Pattern;

/** What a response ends with: a line that is nothing but an answer, a sentence with one value. */
final class Ending {

  /** A response of at most so many characters may be an answer in words. */
  private static final int LONGEST_NAME = 60;

  /** A line with more words than this is a sentence, and no bare answer. */
  private static final int MOST_WORDS = 3;

  /** Words before a number that make it a bound. */
  private static final Pattern BOUND =
      Pattern.compile(
          "\\b(?:(?:less|fewer|more|greater|larger|smaller|higher|lower) than|at (?:least|most)|up to"
              + "|nearly|almost|over|under|above|below|between|around|close to)[\\s$*\\\\(-]*[0-9]",
          Pattern.CASE_INSENSITIVE);

  private Ending() {}

  static String lastLine(String tail) {
    String[] lines = tail.split("\n");
    for (int i = lines.length - 1; i >= 0; i--) {
      String line = lines[i].strip();
      if (line.equals("\\]") || line.equals("$$")) {
        // A formula set off on its own lines.
        StringBuilder display = new StringBuilder();
        for (int j = i - 1; j >= 0; j--) {
          String above = lines[j].strip();
          if (above.equals("\\[") || above.equals("$$")) {
            return display.toString().strip();
          }
          display.insert(0, above + " ");
        }
      }
      if (!line.isEmpty() && !line.matches("[`*_#>\\-]+")) {
        return line;
      }
    }
    return null;
  }

  /** What follows the last full stop within a line. */
  static String lastSentence(String line) {
    int stop = line.lastIndexOf(". ");
    return stop < 0 ? line : line.substring(stop + 2).strip();
  }

  /** Whether a line is an answer and nothing else. */
  static boolean isBare(String line) {
    try {
      Expr expression = Parser.parse(line, true);
      boolean sentence =
          expression instanceof Expr.Words
              || expression instanceof Expr.Sequence sequence
                  && line.indexOf('$') > 0
                  && sequence.items().get(0) instanceof Expr.Words;
      return !sentence && words(line) <= MOST_WORDS;
    } catch (Unreadable e) {
      return Words.choice(line) != null;
    }
  }

  /** Whether the response is a few words, which then are the answer: a name, yes or no. */
  static boolean isShort(String text) {
    String whole = text.strip();
    boolean sentence = words(whole) > MOST_WORDS && whole.chars().anyMatch(Character::isDigit);
    return !whole.isEmpty()
        && !sentence
        && whole.length() <= LONGEST_NAME
        && whole.indexOf('$') < 0
        && whole.indexOf('\n') < 0
        && !whole.contains(". ");
  }

  private static int words(String line) {
    int words = 0;
    for (String word : line.split("[^A-Za-z\\\\]+")) {
      words += word.length() >= 3 && !word.startsWith("\\") && Function.named(word) == null ? 1 : 0;
    }
    return words;
  }

  /** Whether a sentence denies or doubts what it says, or gives no more than a bound. */
  static boolean isOpen(String line) {
    if (BOUND.matcher(line).find()) {
      return true;
    }
    for (String word : line.split("[^A-Za-z]+")) {
      if (Notation.HEDGES.contains(word.toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  /** What a sentence has in bold, where that is one value, or null. */
  static String onlyBold(String line) {
    int open = line.indexOf("**");
    int close = open < 0 ? -1 : line.indexOf("**", open + 2);
    if (close < 0 || line.indexOf("**", close + 2) >= 0) {
      return null;
    }
    String bold = AnswerText.cleaned(line.substring(open + 2, close));
    return isBare(bold) ? bold : null;
  }

  /** The one number or formula of a sentence, or null where there are several or none. */
  static String onlyValue(String line) {
    int dollar = line.indexOf('$');
    int end = dollar < 0 ? -1 : line.indexOf('$', dollar + 1);
    if (end > 0 && !Numeral.isDigit(line, dollar + 1) || end > 0 && line.charAt(end - 1) != ' ') {
      String outside = line.substring(0, dollar) + line.substring(end + 1);
      return outside.chars().anyMatch(c -> c == '$' || Character.isDigit(c))
          ? null
          : AnswerText.cleaned(line.substring(dollar + 1, end));
    }
    int first = -1;
    for (int i = 0; i < line.length() && first < 0; i++) {
      first = Numeral.isDigit(line, i) ? i : -1;
    }
    if (first < 0) {
      return null;
    }
    int start = first;
    while (start > 0 && "-−$€£.".indexOf(line.charAt(start - 1)) >= 0) {
      start--;
    }
    try {
      int after = Numeral.read(line, first, true).end();
      boolean more = line.substring(after).chars().anyMatch(Character::isDigit);
      boolean percent = after < line.length() && line.charAt(after) == '%';
      return more ? null : AnswerText.cleaned(line.substring(start, percent ? after + 1 : after));
    } catch (Unreadable e) {
      return null;
    }
  }

  static String lastFormula(String tail) {
    String[][] bounds = {{"$$", "$$"}, {"\\[", "\\]"}, {"\\(", "\\)"}, {"$", "$"}};
    int best = -1;
    String formula = null;
    for (String[] bound : bounds) {
      int close = tail.lastIndexOf(bound[1]);
      int open = tail.lastIndexOf(bound[0], close - bound[0].length());
      if (close > 0 && open >= 0 && close > best) {
        String inside = tail.substring(open + bound[0].length(), close).strip();
        // "$21 + $4": two amounts, and no formula between them.
        boolean money =
            bound[0].equals("$")
                && Numeral.isDigit(tail, open + 1)
                && Numeral.isDigit(tail, close + 1);
        if (!inside.isEmpty() && !money) {
          best = close;
          formula = inside;
        }
      }
    }
    return formula == null ? null : AnswerText.cleaned(formula);
  }

  static String lastNumber(String tail) {
    for (int i = tail.length() - 1; i >= 0; i--) {
      if (!Numeral.isDigit(tail, i)) {
        continue;
      }
      int start = i;
      while (start > 0 && "0123456789.,/".indexOf(tail.charAt(start - 1)) >= 0) {
        start--;
      }
      if (start > 0 && "-−$€£".indexOf(tail.charAt(start - 1)) >= 0) {
        start--;
      }
      int end = i + 1;
      if (end < tail.length() && tail.charAt(end) == '%') {
        end++;
      }
      return AnswerText.cleaned(tail.substring(start, end));
    }
    return null;
  }
}
