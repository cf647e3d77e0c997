package dev.hone.rewards;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Text that a regular expression may look at only so often. {@code java.util.regex} backtracks, and
 * a pattern such as {@code (a+)+b} takes exponential time on a text made for it; each look costs a
 * step here, and the match ends when the steps are spent. The budget counts looks and not seconds,
 * so that the same text gets the same judgement on any machine.
 */
final class BoundedText implements CharSequence {

  /** Thrown from within a match when its steps are spent. */
  static final class Exhausted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Exhausted(String message) {
      super(message, null, false, false);
    }
  }

  /** A few hundredths of a second; an ordinary pattern needs a step or two a character. */
  private static final long BASE_STEPS = 2_000_000;

  private static final long STEPS_A_CHARACTER = 16;

  private final String text;
  private long left;

  private BoundedText(String text) {
    this.text = text;
    this.left = BASE_STEPS + STEPS_A_CHARACTER * text.length();
  }

  /** A matcher whose operations throw {@link Exhausted}, never run on. */
  static Matcher matcher(Pattern pattern, String text) {
    return pattern.matcher(new BoundedText(text));
  }

  @Override
  public char charAt(int index) {
    if (--left < 0) {
      throw new Exhausted("the pattern needs too many steps on this text");
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.substring(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
