package dev.hone.rewards.math;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time of day.
 *
 * @param seconds since midnight, or since noon where {@code open}
 * @param open whether it may be before noon or after it, as {@code 3:45} may
 */
record ClockTime(int seconds, boolean open) {

  private static final int HALF_A_DAY = 12 * 3600;

  private static final Pattern WRITTEN =
      Pattern.compile(
          "([0-9]{1,2})\\s*:\\s*([0-9]{2})(?::([0-9]{2}))?\\s*(?:([ap])\\.?\\s?m\\.?)?",
          Pattern.CASE_INSENSITIVE);

  /** The time that a whole text is, or null. */
  static ClockTime of(String text) {
    Matcher matcher = WRITTEN.matcher(Words.plain(text));
    if (!matcher.matches()) {
      return null;
    }
    int hour = Integer.parseInt(matcher.group(1));
    int minute = Integer.parseInt(matcher.group(2));
    int second = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
    String half = matcher.group(4);
    boolean twelve = hour >= 1 && hour <= 12;
    if (hour > 24 || minute > 59 || second > 59 || half != null && !twelve) {
      return null;
    }
    int seconds = (twelve ? hour % 12 : hour) * 3600 + minute * 60 + second;
    return half == null
        ? new ClockTime(seconds, twelve)
        : new ClockTime(seconds + (half.equalsIgnoreCase("p") ? HALF_A_DAY : 0), false);
  }

  /** Whether an answer is this time; the half of the day may go without saying. */
  boolean sameAs(ClockTime answer) {
    return answer != null
        && (seconds == answer.seconds
            || (open || answer.open) && Math.abs(seconds - answer.seconds) == HALF_A_DAY);
  }
}
