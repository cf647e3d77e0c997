package dev.hone.rewards.math;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers in words, and the letters of multiple choice. */
final class Words {

  private static final Map<String, Expr> MEANINGS =
      Map.ofEntries(
          Map.entry("no solution", Expr.NamedSet.EMPTY),
          Map.entry("no solutions", Expr.NamedSet.EMPTY),
          Map.entry("no real solution", Expr.NamedSet.EMPTY),
          Map.entry("no real solutions", Expr.NamedSet.EMPTY),
          Map.entry("there are no solutions", Expr.NamedSet.EMPTY),
          Map.entry("empty set", Expr.NamedSet.EMPTY),
          Map.entry("the empty set", Expr.NamedSet.EMPTY),
          Map.entry("all real numbers", Expr.NamedSet.REALS),
          Map.entry("all reals", Expr.NamedSet.REALS),
          Map.entry("any real number", Expr.NamedSet.REALS),
          Map.entry("the real numbers", Expr.NamedSet.REALS),
          Map.entry("undefined", new Expr.Words("does not exist")),
          Map.entry("dne", new Expr.Words("does not exist")));

  /**
   * A letter of a choice: alone, in brackets, or with a stop; then, perhaps, what it stands for.
   */
  private static final Pattern CHOICE =
      Pattern.compile(
          "(?:(?:option|choice|answer)\\s+)?(?:[(\\[]\\s*([A-Ja-j])\\s*[)\\]]|([A-Ja-j])\\s*[).:]|([A-J]))"
              + "(?:[.:]?\\s+(.{1,300}))?[.:]?",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern MORE_CHOICES =
      Pattern.compile(
          "^(?:or|and|and/or|nor|not|[&/|,+])(?![a-z])|[(\\[]\\s*[A-Ja-j]\\s*[)\\]]|(?:^|\\s)[A-J]\\s*[).:]\\s",
          Pattern.CASE_INSENSITIVE);

  /**
   * A choice.
   *
   * @param letter in upper case
   * @param content what stands beside it, or empty
   */
  record Choice(char letter, boolean marked, String content) {

    /** Whether what stands beside the letter names or denies choices, as in "(A) or (B)". */
    boolean isOpen() {
      return MORE_CHOICES.matcher(content).find();
    }
  }

  private Words() {}

  /** The mathematical object that some words stand for, or the words. */
  static Expr meaning(Expr.Words words) {
    return MEANINGS.getOrDefault(words.text(), words);
  }

  /** The choice that a whole text is, or null. */
  static Choice choice(String text) {
    String plain = plain(text);
    if (plain.isEmpty() || plain.length() > 320) {
      return null;
    }
    Matcher matcher = CHOICE.matcher(plain);
    if (!matcher.matches()) {
      return null;
    }
    boolean marked = matcher.group(3) == null;
    String letter =
        matcher.group(1) != null
            ? matcher.group(1)
            : matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
    String content = matcher.group(4) == null ? "" : matcher.group(4).strip();
    // "A train" begins with an article.
    if (!marked && !content.isEmpty()) {
      return null;
    }
    return new Choice(Character.toUpperCase(letter.charAt(0)), marked, content);
  }

  /** Whether a reference is the letter of a choice. */
  static boolean isChoice(Choice choice, String text) {
    return choice != null && Character.isUpperCase(firstLetter(text));
  }

  private static char firstLetter(String text) {
    String plain = plain(text);
    for (int i = 0; i < plain.length(); i++) {
      if (Character.isLetter(plain.charAt(i))) {
        return plain.charAt(i);
      }
    }
    return 'a';
  }

  /** Words as they compare: lower case, single spaces, no markup, no punctuation at the ends. */
  static String normal(String text) {
    String plain =
        plain(text)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[\"“”'’‘]", "")
            .replaceAll("(?<=[0-9])(?:st|nd|rd|th)\\b", "")
            .replaceAll(",(?=\\s)", "")
            .replaceAll("\\s+", " ")
            .strip();
    int end = plain.length();
    while (end > 0 && ".,;:".indexOf(plain.charAt(end - 1)) >= 0) {
      end--;
    }
    plain = plain.substring(0, end).strip();
    for (String article : new String[] {"the ", "a ", "an "}) {
      if (plain.startsWith(article) && plain.length() > article.length()) {
        return plain.substring(article.length());
      }
    }
    return plain;
  }

  /** Notation that is not read, as it compares: without what TeX does not show. */
  static String notation(String text) {
    if (text.length() > Lexer.MAX_CHARACTERS) {
      return "";
    }
    return text.replaceAll(
            "\\\\(?:left|right|displaystyle|limits)(?![a-zA-Z])|\\\\[,;:! ]|[$\\s]", "")
        .replaceAll("([_^])\\{([A-Za-z0-9])\\}", "$1$2");
  }

  /** A thing in the singular, near enough to tell things apart. */
  static String singular(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    return lower.length() > 3 && lower.endsWith("s") && !lower.endsWith("ss")
        ? lower.substring(0, lower.length() - 1)
        : lower;
  }

  /** Text without the markup around it. */
  static String plain(String text) {
    if (text.length() > Lexer.MAX_CHARACTERS) {
      return "";
    }
    return text.replaceAll(
            "\\\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|mbox|boxed)(?![a-z])\\s*", " ")
        .replaceAll("\\\\[,;:! ]", " ")
        .replaceAll("[{}$*`~\\u00a0]", " ")
        .replaceAll("\\(\\s+", "(")
        .replaceAll("\\s+\\)", ")")
        .strip();
  }
}
