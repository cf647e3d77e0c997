package dev.hone.rewards;

import java.math.BigDecimal;
import java.util.Optional;

/**
 * Reads numbers as people and models write them in prose: an optional sign and currency, thousands
 * separators, decimals, an exponent, a trailing per cent sign. Exact, and bounded: a number of more
 * than {@value #MAX_DIGITS} digits or with an exponent past {@value #MAX_EXPONENT} is no number.
 */
final class PlainNumber {

  static final int MAX_DIGITS = 1000;
  static final int MAX_EXPONENT = 1000;

  /**
   * A number found in a text: its value, and the places of its first and past its last character.
   */
  record Found(BigDecimal value, int start, int end) {}

  private PlainNumber() {}

  /** The number that the whole text is, white space, currency and per cent signs aside. */
  static Optional<BigDecimal> parseWhole(String text) {
    return leading(text).filter(found -> text.substring(found.end()).isBlank()).map(Found::value);
  }

  /**
   * The number that the text begins with. None where the text begins with an expression ({@code
   * 5/2}, {@code 3*4}): its first number is not its value.
   */
  static Optional<Found> leading(String text) {
    int at = 0;
    while (at < text.length() && (Character.isWhitespace(text.charAt(at)) || isOpening(text, at))) {
      at++;
    }
    return at(text, at).filter(found -> !continues(text, found.end()));
  }

  /** The last number of the text. A number that hangs on a letter ({@code x2}) is a name. */
  static Optional<Found> last(String text) {
    Found last = null;
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean begins =
          isDigit(c) || (c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1)));
      if (!begins) {
        at++;
        continue;
      }
      boolean named =
          at > 0 && (Character.isLetter(text.charAt(at - 1)) || text.charAt(at - 1) == '_');
      int start = at - signLength(text, at);
      Found found = at(text, start).orElse(null);
      int end = found == null ? endOfRun(text, at) : found.end();
      if (!named) {
        // An overlong number hides nothing before it: it stands, and it is no answer.
        last = found;
      }
      at = Math.max(end, at + 1);
    }
    return Optional.ofNullable(last);
  }

  /** The number that begins exactly at this place, sign and currency included. */
  private static Optional<Found> at(String text, int start) {
    int at = start;
    boolean negative = false;
    for (; at < text.length(); at++) {
      char c = text.charAt(at);
      if (isMinus(c)) {
        if (negative) {
          return Optional.empty();
        }
        negative = true;
      } else if (!(c == '+' || isCurrency(c) || c == '\\' || c == ' ')) {
        break;
      }
    }
    StringBuilder digits = new StringBuilder();
    int whole = at;
    while (at < text.length() && isDigit(text.charAt(at))) {
      append(digits, text.charAt(at++));
    }
    if (at > whole && at - whole <= 3) {
      while (isGroup(text, at)) {
        for (int i = 1; i <= 3; i++) {
          append(digits, text.charAt(at + i));
        }
        at += 4;
      }
    }
    int scale = 0;
    if (at + 1 < text.length() && text.charAt(at) == '.' && isDigit(text.charAt(at + 1))) {
      at++;
      while (at < text.length() && isDigit(text.charAt(at))) {
        append(digits, text.charAt(at++));
        scale++;
      }
      if (at + 1 < text.length() && text.charAt(at) == '.' && isDigit(text.charAt(at + 1))) {
        return Optional.empty();
      }
    }
    if (digits.isEmpty() || digits.length() > MAX_DIGITS) {
      return Optional.empty();
    }
    int exponent = 0;
    int afterE = exponentEnd(text, at);
    if (afterE > at) {
      String written = text.substring(at + 1, afterE).replace('−', '-');
      if (written.length() > 5 || Math.abs(Integer.parseInt(written)) > MAX_EXPONENT) {
        return Optional.empty();
      }
      exponent = Integer.parseInt(written);
      at = afterE;
    }
    BigDecimal value = new BigDecimal(digits.toString()).movePointLeft(scale);
    value = value.scaleByPowerOfTen(exponent);
    if (text.startsWith("\\%", at)) {
      at += 2;
    } else if (at < text.length() && (text.charAt(at) == '%' || isCurrency(text.charAt(at)))) {
      at++;
    }
    // A full stop ends a sentence, and a number as well: "72." is 72.
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
    }
    return Optional.of(new Found(negative ? value.negate() : value, start, at));
  }

  /** How many characters before a first digit are its sign and currency. */
  private static int signLength(String text, int digit) {
    int at = digit;
    while (at > 0 && (isCurrency(text.charAt(at - 1)) || text.charAt(at - 1) == '\\')) {
      at--;
    }
    if (at > 0 && (isMinus(text.charAt(at - 1)) || text.charAt(at - 1) == '+')) {
      char before = at > 1 ? text.charAt(at - 2) : ' ';
      // "7-5" is a difference; " -5" and "=-5" are negative numbers.
      if (!(Character.isLetterOrDigit(before) || before == ')' || before == '}')) {
        at--;
      }
    }
    return digit - at;
  }

  private static boolean continues(String text, int end) {
    int at = end;
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
    if (at >= text.length()) {
      return false;
    }
    char c = text.charAt(at);
    if ("*/^=+×÷_⋅·".indexOf(c) >= 0) {
      return true;
    }
    if (isMinus(c) || c == ',' || c == '.') {
      int next = at + 1;
      while (isMinus(c) && next < text.length() && text.charAt(next) == ' ') {
        next++;
      }
      return next < text.length() && isDigit(text.charAt(next));
    }
    return isDigit(c) && at == end;
  }

  private static int endOfRun(String text, int start) {
    int at = start;
    while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    int afterE = exponentEnd(text, at);
    return Math.max(at, afterE);
  }

  /** Past the exponent that begins here, or {@code at} where none does. */
  private static int exponentEnd(String text, int at) {
    if (at >= text.length() || !(text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      return at;
    }
    int digit = at + 1;
    if (digit < text.length() && (isMinus(text.charAt(digit)) || text.charAt(digit) == '+')) {
      digit++;
    }
    int end = digit;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    return end > digit ? end : at;
  }

  private static boolean isGroup(String text, int at) {
    if (at + 3 >= text.length() || text.charAt(at) != ',') {
      return false;
    }
    for (int i = 1; i <= 3; i++) {
      if (!isDigit(text.charAt(at + i))) {
        return false;
      }
    }
    return at + 4 >= text.length() || !isDigit(text.charAt(at + 4));
  }

  private static void append(StringBuilder digits, char c) {
    // One digit past the limit is enough to know that it is passed.
    if (digits.length() <= MAX_DIGITS) {
      digits.append(c);
    }
  }

  private static boolean isOpening(String text, int at) {
    char c = text.charAt(at);
    return c == ':' || c == '*' || c == '(' || c == '[';
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isMinus(char c) {
    return c == '-' || c == '−';
  }

  private static boolean isCurrency(char c) {
    return c == '$' || c == '€' || c == '£' || c == '¥';
  }
}
