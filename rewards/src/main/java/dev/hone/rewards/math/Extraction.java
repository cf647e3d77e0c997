package dev.hone.rewards.math;

import dev.hone.rewards.math.Boxes.Box;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the final answer in a response. Places are tried in the order of {@link Place}; within one,
 * the last occurrence counts. Only what follows a thought counts, and what {@code <answer>} tags
 * enclose, where there are any.
 */
final class Extraction {

  /** Where an answer may stand. */
  enum Place {
    BOXED,
    HASH,
    PHRASE,
    LAST_LINE,
    LAST_FORMULA,
    LAST_NUMBER
  }

  /**
   * What was found.
   *
   * @param answer the text of the answer, or null
   * @param reason why there is none, or where it stood
   * @param contradictory whether several different answers were given
   */
  record Found(String answer, String reason, boolean contradictory) {
    static Found none(String reason) {
      return new Found(null, reason, false);
    }
  }

  /** Phrases and lines are looked for in so many characters before the end. */
  private static final int TAIL = 4_000;

  private static final String HASH = "####";
  private static final int MAX_BOXES = 12;
  private static final int MAX_PHRASES = 8;

  /** What stands further from the end than this is not looked at. */
  private static final int LONGEST_RESPONSE = 400_000;

  private static final int CLOSE_BY = 160;

  /** A response of at most so many characters may be an answer in words. */
  private static final int LONGEST_NAME = 60;

  /** A line with more words than this is a sentence, and no bare answer. */
  private static final int MOST_WORDS = 3;

  private static final Pattern PHRASE =
      Pattern.compile(
          "(?:\\banswer\\b|\\bsolution\\b|\\bresult\\b|\\bchoice\\b|\\boption\\b)"
              + "[*_`]{0,3}\\s{0,3}(?:is|are|=|:|：)(?:\\s{0,3}(?:given by|equal to))?\\s{0,2}[*_`:]{0,4}",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern CORRECTION =
      Pattern.compile(
          "\\b(?:wait|actually|correct(?:ion|ed|ing)?|mistake|error|recheck\\w*|re-check\\w*|sorry|"
              + "instead|hold on|wrong|incorrect|redo|recomput\\w*|recalculat\\w*|revis\\w*|no|oops|"
              + "second thought|let me|let's|should be|should have|apolog\\w*|hmm|however|but|rather)\\b",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern CONCLUSION =
      Pattern.compile(
          "\\b(?:therefore|thus|so|hence|final|finally|answer|conclu\\w*|then|next|step|gives?|"
              + "substitut\\w*|now|total|which|since|because)\\b",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern CHOICE_LEFT_OPEN =
      Pattern.compile(
          "\\b(?:or|either|alternativ\\w*|possibl\\w*|maybe|perhaps|another|also|if not)\\b",
          Pattern.CASE_INSENSITIVE);

  /** Words between the boxes of one answer in parts; besides them a letter, as in "(b)", "y =". */
  private static final Set<String> JOINERS = Set.of("and", "or", "quad", "qquad", "text", "part");

  private static final Pattern LEAD_IN =
      Pattern.compile(
          "^(?:[-*>•]\\s+|(?:so|thus|therefore|hence|finally|then|and|we (?:get|have|find|obtain))\\b[,:]?\\s*)+",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern EXPLANATION =
      Pattern.compile(
          "(?:,?\\s+(?:because|since|as|which|where|when|so that|based on|after|given that|i hope)\\b"
              + "|\\s+-{1,2}\\s+|\\s+—\\s*).*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** What a last sentence begins with that states a result. */
  private static final Pattern CONCLUDES =
      Pattern.compile(
          "^(?:so|thus|therefore|hence|in total|altogether|finally|in conclusion|overall)\\b",
          Pattern.CASE_INSENSITIVE);

  /** A heading that announces the answer, with one line after it. */
  private static final Pattern HEADING =
      Pattern.compile(
          "(?m)^(?:#+\\s*|\\*\\*)(?:final )?answer:?(?:\\*\\*)?[ \\t]*\\n\\s{0,9}[^\\n]{1,300}\\s{0,9}\\z",
          Pattern.CASE_INSENSITIVE);

  private final Mode mode;
  private final BiPredicate<String, String> same;

  /**
   * @param same whether two answers say the same
   */
  Extraction(Mode mode, BiPredicate<String, String> same) {
    this.mode = mode;
    this.same = same;
  }

  Found find(String text) {
    String response =
        text.length() > LONGEST_RESPONSE ? text.substring(text.length() - LONGEST_RESPONSE) : text;
    String section = response;
    int thought = response.lastIndexOf("</think>");
    if (thought >= 0) {
      String after = response.substring(thought + "</think>".length());
      if (after.isBlank()) {
        if (mode == Mode.STRICT) {
          return Found.none("nothing follows the thought");
        }
      } else {
        section = after;
      }
    } else if (mode == Mode.STRICT && response.contains("<think>")) {
      return Found.none("the thought never ended");
    }
    int close = section.lastIndexOf("</answer>");
    int open = close < 0 ? -1 : section.lastIndexOf("<answer>", close);
    if (open >= 0) {
      String enclosed = section.substring(open + "<answer>".length(), close);
      int before = section.lastIndexOf("<answer>", open - 1);
      if (before >= 0 && open - before <= CLOSE_BY) {
        String between =
            section.substring(before + "<answer>".length(), open).replace("</answer>", " ");
        String earlier = cleaned(between);
        if (takesNothingBack(between) && !same.test(earlier, cleaned(enclosed))) {
          return contradiction(earlier, cleaned(enclosed));
        }
      }
      if (enclosed.isBlank()) {
        return Found.none("the answer tags are empty");
      }
      Found within = places(enclosed);
      if (within.answer() != null || within.contradictory()) {
        return within;
      }
      return new Found(cleaned(enclosed), "in answer tags", false);
    }
    return places(section);
  }

  private Found places(String text) {
    Found boxed = boxed(text);
    if (boxed != null) {
      return boxed;
    }
    Found hash = hash(text);
    if (hash != null) {
      return hash;
    }
    String tail = text.length() > TAIL ? text.substring(text.length() - TAIL) : text;
    Found phrase = phrase(tail);
    if (phrase != null) {
      return phrase;
    }
    String line = lastLine(tail);
    if (line == null) {
      return Found.none("the response is empty");
    }
    String bare = cleaned(LEAD_IN.matcher(line).replaceFirst(""));
    if (isBare(bare)) {
      return new Found(bare, "the last line", false);
    }
    boolean concludes = CONCLUDES.matcher(line).find() || HEADING.matcher(tail).find();
    String conclusion = isOpen(line) ? null : concludes ? onlyValue(line) : onlyBold(line);
    if (conclusion != null) {
      return new Found(conclusion, "the conclusion", false);
    }
    if (isShort(tail)) {
      return new Found(bare, "the whole response", false);
    }
    if (mode == Mode.STRICT) {
      return Found.none("no answer is marked, and the last line is not one");
    }
    String formula = lastFormula(tail);
    if (formula != null) {
      return new Found(formula, "the last formula", false);
    }
    String number = lastNumber(tail);
    return number == null
        ? Found.none("no answer is marked, and there is no formula or number")
        : new Found(number, "the last number", false);
  }

  private Found boxed(String text) {
    List<Box> boxes = Boxes.last(text, MAX_BOXES);
    if (boxes.isEmpty()) {
      return null;
    }
    int last = boxes.size() - 1;
    List<String> parts = new ArrayList<>(List.of(boxes.get(last).content()));
    boolean alternatives = false;
    for (int i = last - 1; i >= 0; i--) {
      String content = boxes.get(i).content();
      String gap = text.substring(boxes.get(i).end(), boxes.get(i + 1).start());
      if (content.strip().equals(boxes.get(i + 1).content().strip())
          || same.test(cleaned(content), cleaned(boxes.get(i + 1).content()))) {
        continue;
      }
      if (gap.length() <= CLOSE_BY && joins(gap)) {
        alternatives |= CHOICE_LEFT_OPEN.matcher(gap).find();
        parts.add(0, content);
        continue;
      }
      String near = gap.length() > TAIL ? gap.substring(gap.length() - TAIL) : gap;
      if (CORRECTION.matcher(near).find()) {
        break;
      }
      boolean open = CHOICE_LEFT_OPEN.matcher(near).find();
      boolean concluded = CONCLUSION.matcher(near).find();
      if (mode == Mode.STRICT && (open || (!concluded && gap.length() <= CLOSE_BY))) {
        return contradiction(content, parts.get(0));
      }
      break;
    }
    String answer =
        parts.size() == 1 ? parts.get(0) : String.join(alternatives ? " or " : " , ", parts);
    return answer.isBlank()
        ? Found.none("the box is empty")
        : new Found(cleaned(answer), "in a box", false);
  }

  private Found hash(String text) {
    int at = text.lastIndexOf(HASH);
    if (at < 0) {
      return null;
    }
    String answer = cleaned(firstLine(text.substring(at + 4, Math.min(text.length(), at + TAIL))));
    if (answer.isBlank()) {
      return Found.none("nothing follows ####");
    }
    int before = text.lastIndexOf(HASH, at - HASH.length());
    if (before >= 0 && at - before <= CLOSE_BY) {
      String between = text.substring(before + HASH.length(), at);
      String earlier = cleaned(firstLine(between));
      if (takesNothingBack(between) && !earlier.isBlank() && !same.test(earlier, answer)) {
        return contradiction(earlier, answer);
      }
    }
    return new Found(answer, "after ####", false);
  }

  private boolean takesNothingBack(String between) {
    return mode == Mode.STRICT
        && !CORRECTION.matcher(between).find()
        && !CONCLUSION.matcher(between).find();
  }

  private static Found contradiction(String earlier, String later) {
    return new Found(
        earlier + " | " + later, "different answers, and none takes back another", true);
  }

  private static boolean joins(String gap) {
    for (String word : gap.split("[\\s,;.&$\\\\(){}*:=]+")) {
      boolean letter = word.length() <= 1 && word.chars().allMatch(Character::isLetter);
      if (!letter && !JOINERS.contains(word.toLowerCase(Locale.ROOT))) {
        return false;
      }
    }
    return true;
  }

  private Found phrase(String tail) {
    Deque<MatchResult> phrases = new ArrayDeque<>();
    for (Matcher matcher = PHRASE.matcher(tail); matcher.find(); ) {
      phrases.add(matcher.toMatchResult());
      if (phrases.size() > MAX_PHRASES) {
        phrases.remove();
      }
    }
    String answer = null;
    int end = 0;
    boolean contradicted = false;
    for (MatchResult phrase : phrases) {
      String next = cleaned(sentence(firstLine(tail.substring(phrase.end()))));
      if (next.isBlank()) {
        continue;
      }
      String between = tail.substring(end, phrase.start());
      contradicted =
          answer != null
              && between.length() <= CLOSE_BY
              && takesNothingBack(between)
              && !same.test(answer, next);
      answer = next;
      end = phrase.end();
    }
    if (contradicted) {
      return contradiction("", answer);
    }
    return answer == null ? null : new Found(answer, "after 'answer'", false);
  }

  /** The first line with anything on it; a formula set off on its own lines is one. */
  private static String firstLine(String text) {
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
  private static String sentence(String line) {
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

  private static String lastLine(String tail) {
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

  /** Whether a line is an answer and nothing else. */
  private static boolean isBare(String line) {
    try {
      return !(Parser.parse(line, true) instanceof Expr.Words) && words(line) <= MOST_WORDS;
    } catch (Unreadable e) {
      return Words.choice(line) != null;
    }
  }

  /** Whether the response is a few words, which then are the answer: a name, yes or no. */
  private static boolean isShort(String text) {
    String whole = text.strip();
    boolean sentence = words(whole) > MOST_WORDS && whole.chars().anyMatch(Character::isDigit);
    return !whole.isEmpty()
        && !sentence
        && whole.length() <= LONGEST_NAME
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

  /** Whether a sentence denies or doubts what it says. */
  private static boolean isOpen(String line) {
    for (String word : line.split("[^A-Za-z]+")) {
      if (Notation.HEDGES.contains(word.toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  /** What a sentence has in bold, where that is one value, or null. */
  private static String onlyBold(String line) {
    int open = line.indexOf("**");
    int close = open < 0 ? -1 : line.indexOf("**", open + 2);
    if (close < 0 || line.indexOf("**", close + 2) >= 0) {
      return null;
    }
    String bold = cleaned(line.substring(open + 2, close));
    return isBare(bold) ? bold : null;
  }

  /** The one number or formula of a sentence, or null where there are several or none. */
  private static String onlyValue(String line) {
    int dollar = line.indexOf('$');
    int end = dollar < 0 ? -1 : line.indexOf('$', dollar + 1);
    if (end > 0 && !Numeral.isDigit(line, dollar + 1) || end > 0 && line.charAt(end - 1) != ' ') {
      String outside = line.substring(0, dollar) + line.substring(end + 1);
      return outside.chars().anyMatch(c -> c == '$' || Character.isDigit(c))
          ? null
          : cleaned(line.substring(dollar + 1, end));
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
      return more ? null : cleaned(line.substring(start, percent ? after + 1 : after));
    } catch (Unreadable e) {
      return null;
    }
  }

  private static String lastFormula(String tail) {
    String[][] bounds = {{"$$", "$$"}, {"\\[", "\\]"}, {"\\(", "\\)"}, {"$", "$"}};
    int best = -1;
    String formula = null;
    for (String[] bound : bounds) {
      int close = tail.lastIndexOf(bound[1]);
      int open = tail.lastIndexOf(bound[0], close - bound[0].length());
      if (close > 0 && open >= 0 && close > best) {
        String inside = tail.substring(open + bound[0].length(), close).strip();
        if (!inside.isEmpty()) {
          best = close;
          formula = inside;
        }
      }
    }
    return formula == null ? null : cleaned(formula);
  }

  private static String lastNumber(String tail) {
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
      return cleaned(tail.substring(start, end));
    }
    return null;
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

  /** The answer that a reference holds: after {@code ####}, in a box, or all of it. */
  static String reference(String reference) {
    int hash = reference.lastIndexOf("####");
    if (hash >= 0) {
      return cleaned(reference.substring(hash + 4));
    }
    List<Box> boxes = Boxes.last(reference, 1);
    if (!boxes.isEmpty()) {
      return cleaned(boxes.get(0).content());
    }
    int phrase = reference.toLowerCase(Locale.ROOT).lastIndexOf("answer is");
    return cleaned(phrase < 0 ? reference : reference.substring(phrase + "answer is".length()));
  }
}
