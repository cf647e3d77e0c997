package dev.hone.rewards.math;

import dev.hone.rewards.math.Token.Kind;
import java.util.Locale;
import java.util.Set;

/**
 * Decides what letters side by side are: a function, a unit, a number in words, a product of
 * variables, or a word.
 */
final class LetterRuns {

  /** Two letters that are a word, and not a product. */
  private static final Set<String> SHORT_WORDS =
      Set.of(
          "no", "on", "so", "is", "to", "of", "it", "at", "up", "us", "we", "me", "my", "he", "be",
          "by", "do", "go", "an", "as", "am", "if", "ok", "hi", "No", "AM", "PM", "pm");

  private final Lexer lexer;

  LetterRuns(Lexer lexer) {
    this.lexer = lexer;
  }

  void letters() {
    int start = lexer.at;
    while (lexer.at < lexer.text.length()
        && (Lexer.isLetter(lexer.text.charAt(lexer.at)) || isApostrophe(start))) {
      lexer.at++;
    }
    String run = lexer.text.substring(start, lexer.at);
    Kind before = lexer.last();
    boolean afterValue = Lexer.VALUE_ENDS.contains(before) || unitGoesOn();
    if (based(run, start)) {
      return;
    }
    if (run.equals("in")) {
      lexer.add(afterValue && !aSetFollows() ? Kind.UNIT : Kind.RELATION, "in", start);
      return;
    }
    if (run.equals("U") && (before == Kind.CLOSE_ROUND || before == Kind.CLOSE_SQUARE)) {
      lexer.add(Kind.UNION, "∪", start);
      return;
    }
    if (isTimes(run, start)) {
      lexer.add(Kind.TIMES, "*", start);
      return;
    }
    if (run.length() == 1 && "IAa".contains(run) && aWordFollows()) {
      lexer.add(Kind.WORD, run, start);
      return;
    }
    boolean unit = (lexer.upright() && afterValue || unitGoesOn()) && Unit.named(run) != null;
    if (run.length() == 1 && !unit) {
      single(run, start);
      return;
    }
    if (afterValue && (before != Kind.WORD || unitGoesOn()) && Unit.named(run) != null) {
      lexer.add(Kind.UNIT, run, start);
      return;
    }
    Notation.Sign sign = Notation.WORDS.get(run);
    if (sign != null) {
      lexer.add(sign.kind(), sign.text(), start);
      return;
    }
    if (Function.named(run) != null) {
      lexer.add(Kind.FUNCTION, Function.named(run).plainName(), start);
      return;
    }
    NumberWords.Read words = NumberWords.read(lexer.text, start);
    if (words != null) {
      lexer.at = words.end();
      lexer.add(
          new Token(
              Kind.NUMBER,
              lexer.text.substring(start, words.end()),
              Expr.Number.of(words.value()),
              lexer.spaced,
              lexer.upright(),
              start));
      return;
    }
    if (!lexer.upright() && splits(run, start)) {
      product(run, start);
    } else {
      lexer.add(Kind.WORD, run, start);
    }
  }

  /** {@code 2.5 x 10^8}. */
  private boolean isTimes(String run, int start) {
    if (!run.equalsIgnoreCase("x") || lexer.last() != Kind.NUMBER || !lexer.spaced) {
      return false;
    }
    int next = lexer.at;
    while (next < lexer.text.length() && Notation.isSpace(lexer.text.charAt(next))) {
      next++;
    }
    return next > lexer.at && Numeral.isDigit(lexer.text, next);
  }

  /** An article or a pronoun, and not a variable: "A man", "I think". */
  private boolean aWordFollows() {
    if (lexer.upright() || lexer.at >= lexer.text.length() || lexer.text.charAt(lexer.at) != ' ') {
      return false;
    }
    int end = lexer.at + 1;
    while (end < lexer.text.length()
        && lexer.text.charAt(end) >= 'a'
        && lexer.text.charAt(end) <= 'z') {
      end++;
    }
    String word = lexer.text.substring(lexer.at + 1, end);
    return word.length() >= 2
        && !Notation.WORDS.containsKey(word)
        && Function.named(word) == null
        && Unit.named(word) == null;
  }

  /** {@code 1A_{16}}: digits that are letters, with the base after them. */
  private boolean based(String run, int start) {
    int base = baseAfter(lexer.at);
    boolean digitsBefore = lexer.last() == Kind.NUMBER && !lexer.spaced;
    if (base <= 10 || !(digitsBefore || run.length() > 1)) {
      return false;
    }
    StringBuilder digits = new StringBuilder();
    if (digitsBefore) {
      digits.append(lexer.tokens.get(lexer.tokens.size() - 1).text());
    }
    digits.append(run);
    for (int i = 0; i < digits.length(); i++) {
      if (Character.digit(digits.charAt(i), base) < 0) {
        return false;
      }
    }
    if (digitsBefore) {
      lexer.tokens.remove(lexer.tokens.size() - 1);
    }
    lexer.add(Kind.WORD, digits.toString().toUpperCase(Locale.ROOT), start);
    return true;
  }

  /** The number of an index {@code _{16}} or {@code _16} that follows here, or 0. */
  private int baseAfter(int from) {
    int position = from;
    while (position < lexer.text.length() && lexer.text.charAt(position) == '}') {
      position++;
    }
    if (position >= lexer.text.length() || lexer.text.charAt(position) != '_') {
      return 0;
    }
    position++;
    while (position < lexer.text.length()
        && (lexer.text.charAt(position) == '{' || lexer.text.charAt(position) == ' ')) {
      position++;
    }
    int value = 0;
    for (int digits = 0;
        digits < 2 && Numeral.isDigit(lexer.text, position);
        digits++, position++) {
      value = 10 * value + lexer.text.charAt(position) - '0';
    }
    return Numeral.isDigit(lexer.text, position) || value > 36 ? 0 : value;
  }

  private void single(String letter, int start) {
    switch (letter) {
      case "i" -> lexer.add(Kind.CONSTANT, "I", start);
      case "e" -> lexer.add(Kind.CONSTANT, "E", start);
      default -> lexer.add(Kind.SYMBOL, letter, start);
    }
  }

  /** Whether a run of letters is a product of variables, or a function with its argument. */
  private boolean splits(String run, int start) {
    if (functionPrefix(run) > 0) {
      return true;
    }
    boolean touches =
        start > 0 && "0123456789^_*/+-=)}(".indexOf(lexer.text.charAt(start - 1)) >= 0;
    touches |=
        lexer.at < lexer.text.length() && "^_*/+-=('".indexOf(lexer.text.charAt(lexer.at)) >= 0;
    if (run.length() == 2) {
      return touches || !SHORT_WORDS.contains(run);
    }
    return touches && run.length() <= 4 && run.chars().noneMatch(c -> "eiouEIOU".indexOf(c) >= 0);
  }

  private static int functionPrefix(String run) {
    for (int length = Math.min(run.length() - 1, 6); length >= 2; length--) {
      Function function = Function.named(run.substring(0, length));
      if (function != null && function.isElementary() && run.length() - length <= 2) {
        return length;
      }
    }
    return 0;
  }

  private void product(String run, int start) {
    int prefix = functionPrefix(run);
    if (prefix > 0) {
      lexer.add(Kind.FUNCTION, Function.named(run.substring(0, prefix)).plainName(), start);
    }
    for (int i = prefix; i < run.length(); i++) {
      single(run.substring(i, i + 1), start + i);
    }
  }

  /** Whether the unit goes on: {@code m/s}, {@code square cm}. */
  private boolean unitGoesOn() {
    int size = lexer.tokens.size();
    return size >= 2
            && lexer.tokens.get(size - 1).is(Kind.DIVIDE)
            && lexer.tokens.get(size - 2).is(Kind.UNIT)
        || (size >= 1
            && lexer.tokens.get(size - 1).is(Kind.WORD)
            && Set.of("square", "cubic", "sq", "per", "cu")
                .contains(lexer.tokens.get(size - 1).text().toLowerCase(Locale.ROOT)));
  }

  private boolean aSetFollows() {
    int position = lexer.at;
    while (position < lexer.text.length() && (Notation.isSpace(lexer.text.charAt(position)))) {
      position++;
    }
    return position < lexer.text.length() && "([{\\ℝℤℕ∅".indexOf(lexer.text.charAt(position)) >= 0;
  }

  private boolean isApostrophe(int start) {
    char c = lexer.text.charAt(lexer.at);
    return (c == '\'' || c == '’') && lexer.at - start >= 2 && lexer.isLetterAt(lexer.at + 1);
  }
}
