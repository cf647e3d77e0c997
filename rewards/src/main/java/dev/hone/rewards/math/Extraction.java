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

  private static final Pattern PHRASE =
      Pattern.compile(
          "(?:\\banswer\\b|\\bsolution\\b|\\bresult\\b|\\bchoice\\b|\\boption\\b)"
              + "[*_`]{0,3}\\s{0,3}(?:is|are|=|:|：)(?:\\s{0,3}(?:given by|equal to))?\\s{0,2}[*_`:]{0,4}",
          Pattern.CASE_INSENSITIVE);

  /** Words between the boxes of one answer in parts; besides them a letter, as in "(b)", "y =". */
  private static final Set<String> JOINERS = Set.of("and", "or", "quad", "qquad", "text", "part");

  private static final Pattern LEAD_IN =
      Pattern.compile(
          "^(?:[-*>•]\\s+|(?:so|thus|therefore|hence|finally|then|and|we (?:get|have|find|obtain))\\b[,:]?\\s*)+",
          Pattern.CASE_INSENSITIVE);

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
        String earlier = AnswerText.cleaned(between);
        if (takesNothingBack(between) && !same.test(earlier, AnswerText.cleaned(enclosed))) {
          return contradiction(earlier, AnswerText.cleaned(enclosed));
        }
      }
      if (enclosed.isBlank()) {
        return Found.none("the answer tags are empty");
      }
      Found within = places(enclosed);
      if (within.answer() != null || within.contradictory()) {
        return within;
      }
      return new Found(AnswerText.cleaned(enclosed), "in answer tags", false);
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
    String line = Ending.lastLine(tail);
    if (line == null) {
      return Found.none("the response is empty");
    }
    String bare = AnswerText.cleaned(LEAD_IN.matcher(line).replaceFirst(""));
    boolean open = Ending.isOpen(line);
    String bold = open ? null : Ending.onlyBold(line);
    if (bold != null) {
      return new Found(bold, "in bold", false);
    }
    if (Ending.isBare(bare)) {
      return new Found(bare, "the last line", false);
    }
    String sentence = Ending.lastSentence(line);
    boolean concludes = CONCLUDES.matcher(sentence).find() || HEADING.matcher(tail).find();
    String conclusion = concludes && !open ? Ending.onlyValue(sentence) : null;
    if (conclusion != null) {
      return new Found(conclusion, "the conclusion", false);
    }
    if (Ending.isShort(tail)) {
      return new Found(bare, "the whole response", false);
    }
    if (mode == Mode.STRICT) {
      return Found.none("no answer is marked, and the last line is not one");
    }
    String formula = Ending.lastFormula(tail);
    if (formula != null) {
      return new Found(formula, "the last formula", false);
    }
    String number = Ending.lastNumber(tail);
    return number == null
        ? Found.none("no answer is marked, and there is no formula or number")
        : new Found(number, "the last number", false);
  }

  private Found boxed(String text) {
    if (mode == Mode.STRICT && Boxes.endsOpen(text)) {
      return Found.none("the last box never closes");
    }
    List<Box> boxes = Boxes.last(text, MAX_BOXES);
    if (boxes.isEmpty()) {
      return null;
    }
    int last = boxes.size() - 1;
    String after = text.substring(boxes.get(last).end());
    String following = after.substring(0, Math.min(after.length(), 2 * CLOSE_BY));
    if (Retraction.denies(following) || mode == Mode.STRICT && Retraction.takesBack(following)) {
      return Found.none("what follows the box takes it back");
    }
    int start = boxes.get(last).start();
    if (Retraction.deniesWhatFollows(text.substring(Math.max(0, start - CLOSE_BY), start))) {
      return Found.none("what leads to the box denies it");
    }
    String other = Retraction.numberOfferedBeside(following);
    if (mode == Mode.STRICT && other != null) {
      String offered = AnswerText.cleaned(other);
      if (!same.test(AnswerText.cleaned(boxes.get(last).content()), offered)) {
        return contradiction(boxes.get(last).content(), offered);
      }
    }
    Found later = correctedAfter(boxes.get(last).content(), after);
    if (later != null) {
      return later;
    }
    List<String> parts = new ArrayList<>(List.of(boxes.get(last).content()));
    boolean alternatives = false;
    for (int i = last - 1; i >= 0; i--) {
      String content = boxes.get(i).content();
      String gap = text.substring(boxes.get(i).end(), boxes.get(i + 1).start());
      if (content.strip().equals(boxes.get(i + 1).content().strip())
          || same.test(
              AnswerText.cleaned(content), AnswerText.cleaned(boxes.get(i + 1).content()))) {
        continue;
      }
      if (gap.length() <= CLOSE_BY && joins(gap)) {
        alternatives |= Retraction.leavesOpen(gap);
        parts.add(0, content);
        continue;
      }
      String near = gap.length() > TAIL ? gap.substring(gap.length() - TAIL) : gap;
      if (Retraction.corrects(near)) {
        break;
      }
      boolean open = Retraction.leavesOpen(near);
      boolean concluded = Retraction.concludes(near);
      if (mode == Mode.STRICT && (open || (!concluded && gap.length() <= CLOSE_BY))) {
        return contradiction(content, parts.get(0));
      }
      break;
    }
    String answer =
        parts.size() == 1 ? parts.get(0) : String.join(alternatives ? " or " : " , ", parts);
    return answer.isBlank()
        ? Found.none("the box is empty")
        : new Found(AnswerText.cleaned(answer), "in a box", false);
  }

  /** "The answer is ..." after the last box, where it says another thing; else null. */
  private Found correctedAfter(String content, String after) {
    String tail = after.length() > TAIL ? after.substring(after.length() - TAIL) : after;
    Found phrase = phrase(tail);
    if (phrase == null || phrase.answer() == null || phrase.contradictory()) {
      return null;
    }
    String boxed = AnswerText.cleaned(content);
    boolean another =
        Ending.isBare(phrase.answer())
            && Words.choice(boxed) == null
            && Words.choice(phrase.answer()) == null
            && !same.test(boxed, phrase.answer());
    if (!another) {
      return null;
    }
    if (Retraction.corrects(tail)) {
      return phrase;
    }
    return mode == Mode.STRICT ? contradiction(boxed, phrase.answer()) : null;
  }

  private Found hash(String text) {
    int at = text.lastIndexOf(HASH);
    if (at < 0) {
      return null;
    }
    String answer =
        AnswerText.cleaned(
            AnswerText.firstLine(text.substring(at + 4, Math.min(text.length(), at + TAIL))));
    if (answer.isBlank()) {
      return Found.none("nothing follows ####");
    }
    int before = text.lastIndexOf(HASH, at - HASH.length());
    if (before >= 0 && at - before <= CLOSE_BY) {
      String between = text.substring(before + HASH.length(), at);
      String earlier = AnswerText.cleaned(AnswerText.firstLine(between));
      if (takesNothingBack(between) && !earlier.isBlank() && !same.test(earlier, answer)) {
        return contradiction(earlier, answer);
      }
    }
    return new Found(answer, "after ####", false);
  }

  private boolean takesNothingBack(String between) {
    return mode == Mode.STRICT && !Retraction.corrects(between) && !Retraction.concludes(between);
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
      String rest = tail.substring(phrase.end());
      String line = AnswerText.firstLine(rest);
      String next = AnswerText.cleaned(AnswerText.sentence(line));
      String leading = rest.substring(0, rest.length() - rest.stripLeading().length());
      boolean heading = (phrase.group() + leading).indexOf('\n') >= 0;
      // A sentence under a heading is read as the last line is, for the one value in it.
      if (next.isBlank()
          || heading && !Ending.isBare(AnswerText.cleaned(line)) && isSentence(line, rest)) {
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

  /** Whether a line under a heading has one value in it, or is not the last one. */
  private static boolean isSentence(String line, String rest) {
    return Ending.onlyValue(line) != null || !rest.strip().equals(line.strip());
  }

  /** The answer that a reference holds: after {@code ####}, in a box, or all of it. */
  static String reference(String reference) {
    int hash = reference.lastIndexOf("####");
    if (hash >= 0) {
      return AnswerText.cleaned(reference.substring(hash + 4));
    }
    List<Box> boxes = Boxes.last(reference, 1);
    if (!boxes.isEmpty()) {
      return AnswerText.cleaned(boxes.get(0).content());
    }
    int phrase = reference.toLowerCase(Locale.ROOT).lastIndexOf("answer is");
    return AnswerText.cleaned(
        phrase < 0 ? reference : reference.substring(phrase + "answer is".length()));
  }
}
