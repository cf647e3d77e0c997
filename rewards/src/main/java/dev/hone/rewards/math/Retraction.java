package dev.hone.rewards.math;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Words around an answer that take it back, doubt it or conclude it. They are looked for in short
 * pieces of text, whose length whoever asks bounds.
 */
final class Retraction {

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

  /** What takes back an answer that stands before it. */
  private static final Pattern TAKES_BACK =
      Pattern.compile(
          "\\b(?:(?:that|this|it|which) (?:is|was) (?:incorrect|wrong|not (?:correct|right|the answer))"
              + "|(?:not able|unable) to|(?:could not|cannot|couldn't|can't) (?:solve|determine|find)"
              + "|no (?:final )?answer|not the answer|disregard|do not know|don't know)\\b",
          Pattern.CASE_INSENSITIVE);

  /** Words right before a box that deny what is in it. */
  private static final Pattern DENIES_NEXT =
      Pattern.compile(
          "(?:\\b(?:not|cannot be|never|reject|exclude|rule out|if it were)|n't(?: be)?|≠|\\\\neq?)[\\s$(:\\\\]*\\z",
          Pattern.CASE_INSENSITIVE);

  /** Words right after a box that deny it. */
  private static final Pattern DENIES =
      Pattern.compile(
          "\\A[\\s$)*\\\\,;.]*(?:(?:but|and|which|this|that|it|actually|clearly)\\s+){0,4}(?:is|was|would be)\\s+(?:not\\b|wrong|incorrect|false|impossible|too\\b)",
          Pattern.CASE_INSENSITIVE);

  /** A second number offered right after a box. */
  private static final Pattern OR_ELSE =
      Pattern.compile(
          "\\A[\\s$.,;)*\\\\]*\\(?\\s*(?:or|alternatively|possibly)\\s+(?:[a-z]+\\s+){0,2}[$]?([-−]?[0-9][0-9.,/]*)",
          Pattern.CASE_INSENSITIVE);

  private Retraction() {}

  /** Whether words between two answers say that the first was a mistake. */
  static boolean corrects(String between) {
    return CORRECTION.matcher(between).find();
  }

  /** Whether words between two answers lead from the first to the second. */
  static boolean concludes(String between) {
    return CONCLUSION.matcher(between).find();
  }

  /** Whether words between two answers leave open which it is. */
  static boolean leavesOpen(String between) {
    return CHOICE_LEFT_OPEN.matcher(between).find();
  }

  /** Whether what follows an answer gives up on it, anywhere in a few sentences. */
  static boolean takesBack(String following) {
    return TAKES_BACK.matcher(following).find();
  }

  /** Whether what follows an answer at once says that it is none. */
  static boolean denies(String following) {
    return DENIES.matcher(following).find();
  }

  /** Whether what stands right before an answer says that it is none. */
  static boolean deniesWhatFollows(String leading) {
    return DENIES_NEXT.matcher(leading).find();
  }

  /** The number that follows an answer at once as an alternative, or null. */
  static String numberOfferedBeside(String following) {
    Matcher matcher = OR_ELSE.matcher(following);
    return matcher.find() ? matcher.group(1) : null;
  }
}
