package dev.hone.rewards.math;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Reads a number written in digits: thousands separators in the notations in use, decimals,
 * repeating decimals ({@code 0.\overline{3}}, {@code 0.(3)}, {@code 0.333...}), exponents.
 */
final class Numeral {

  private static final int MAX_EXPONENT = 4_000;

  private final String text;
  private final boolean commas;
  private int at;
  private final StringBuilder whole = new StringBuilder();
  private final StringBuilder decimals = new StringBuilder();
  private String period = "";
  private boolean point;

  /** What was read, and where it ends. */
  record Read(Expr.Number number, int end) {}

  private Numeral(String text, int start, boolean commas) {
    this.text = text;
    this.at = start;
    this.commas = commas;
  }

  /** Whether a number begins here. */
  static boolean beginsAt(String text, int at) {
    return isDigit(text, at) || (text.charAt(at) == '.' && isDigit(text, at + 1));
  }

  /**
   * Reads the number that begins at {@code start}.
   *
   * @param commas whether a comma before three digits separates thousands, and not items of a list
   */
  static Read read(String text, int start, boolean commas) {
    return new Numeral(text, start, commas).read();
  }

  private Read read() {
    digits(whole);
    if (whole.length() >= 1 && whole.length() <= 3 && !groupsByPoint() && !groupsOfLakhs()) {
      groups(whole, true);
    }
    fraction();
    BigDecimal stated = new BigDecimal(new BigInteger("0" + whole + decimals), decimals.length());
    Rational value = Rational.of(stated);
    boolean decimal = point;
    if (!period.isEmpty()) {
      // 0.ab(cd) = (abcd - ab) / 9900, and so on.
      Rational ulp = Rational.of(BigInteger.TEN.pow(decimals.length())).power(-1);
      BigInteger nines = BigInteger.TEN.pow(period.length()).subtract(BigInteger.ONE);
      value = value.plus(new Rational(new BigInteger(period), nines).times(ulp));
      decimal = false;
    }
    int exponent = exponent();
    if (exponent != 0) {
      value = value.times(Rational.of(10).power(exponent));
      stated = stated.scaleByPowerOfTen(exponent);
      decimal = period.isEmpty();
    }
    return new Read(new Expr.Number(value, decimal ? Optional.of(stated) : Optional.empty()), at);
  }

  private void fraction() {
    if (at < text.length() && text.charAt(at) == '.' && !text.startsWith("..", at)) {
      at++;
      point = isDigit(text, at);
      digits(decimals);
      groups(decimals, false);
      repetition();
    }
  }

  /** The part that repeats, in any of its notations; it follows the decimals read so far. */
  private void repetition() {
    if (at < text.length() && text.charAt(at) == '\u0305' && !decimals.isEmpty()) {
      // The line is a character after each digit under it; the first such digit is read already.
      StringBuilder repeated = new StringBuilder();
      repeated.append(decimals.charAt(decimals.length() - 1));
      decimals.setLength(decimals.length() - 1);
      at++;
      while (isDigit(text, at) && at + 1 < text.length() && text.charAt(at + 1) == '\u0305') {
        repeated.append(text.charAt(at));
        at += 2;
      }
      period = repeated.toString();
      return;
    }
    for (String command : new String[] {"\\overline{", "\\bar{", "\\overline ", "\\bar "}) {
      if (text.startsWith(command, at)) {
        StringBuilder repeated = new StringBuilder();
        int end = digits(repeated, at + command.length());
        boolean braced = command.endsWith("{");
        if (repeated.length() > 0
            && (!braced || (end < text.length() && text.charAt(end) == '}'))) {
          period = repeated.toString();
          at = braced ? end + 1 : end;
        }
        return;
      }
    }
    if (at < text.length() && text.charAt(at) == '(') {
      StringBuilder repeated = new StringBuilder();
      int end = digits(repeated, at + 1);
      if (repeated.length() > 0 && end < text.length() && text.charAt(end) == ')') {
        period = repeated.toString();
        at = end + 1;
      }
      return;
    }
    if (dotted()) {
      return;
    }
    for (String ellipsis : new String[] {"...", "…", "\\ldots", "\\dots", "\\cdots"}) {
      if (text.startsWith(ellipsis, at) && !decimals.isEmpty()) {
        at += ellipsis.length();
        splitPeriod();
        return;
      }
    }
  }

  /** {@code 0.\dot{1}2\dot{3}}: dots over the first and the last digit that repeat. */
  private boolean dotted() {
    int first = dot(at);
    if (first < 0) {
      return false;
    }
    StringBuilder repeated = new StringBuilder().append(text.charAt(first));
    int end = text.charAt(first + 1) == '}' ? first + 2 : first + 1;
    int inner = digits(repeated, end);
    int last = dot(inner);
    if (last >= 0) {
      repeated.append(text.charAt(last));
      end = text.charAt(last + 1) == '}' ? last + 2 : last + 1;
    } else {
      repeated.setLength(1);
    }
    period = repeated.toString();
    at = end;
    return true;
  }

  /** Where the digit under a dot stands, or -1. */
  private int dot(int from) {
    return text.startsWith("\\dot{", from)
            && isDigit(text, from + 5)
            && text.startsWith("}", from + 6)
        ? from + 5
        : -1;
  }

  /** {@code 0.1666...}: the shortest block that the decimals end with again and again. */
  private void splitPeriod() {
    int length = decimals.length();
    for (int block = 1; block <= length / 2; block++) {
      int times = block == 1 ? 3 : 2;
      if (block * times > length) {
        continue;
      }
      String candidate = decimals.substring(length - block);
      if (decimals.toString().endsWith(candidate.repeat(times))) {
        int begin = length - block;
        while (begin >= block && decimals.substring(begin - block, begin).equals(candidate)) {
          begin -= block;
        }
        period = candidate;
        decimals.setLength(begin);
        return;
      }
    }
  }

  private int exponent() {
    if (at >= text.length() || (text.charAt(at) | 0x20) != 'e') {
      return 0;
    }
    int from = at + 1;
    boolean negative = from < text.length() && "-−".indexOf(text.charAt(from)) >= 0;
    if (negative || (from < text.length() && text.charAt(from) == '+')) {
      from++;
    }
    StringBuilder digits = new StringBuilder();
    int end = digits(digits, from);
    if (digits.isEmpty() || (end < text.length() && Character.isLetter(text.charAt(end)))) {
      return 0;
    }
    if (digits.length() > 5 || Integer.parseInt(digits.toString()) > MAX_EXPONENT) {
      throw new Unreadable("a number out of all bounds");
    }
    at = end;
    int exponent = Integer.parseInt(digits.toString());
    return negative ? -exponent : exponent;
  }

  /** Groups of three digits after a separator that is the same between all of them. */
  private void groups(StringBuilder into, boolean commasToo) {
    String separator = null;
    while (at < text.length()) {
      String next = separatorAt(at, commasToo);
      if (next == null || (separator != null && !separator.equals(next))) {
        return;
      }
      int from = at + next.length();
      if (!(isDigit(text, from) && isDigit(text, from + 1) && isDigit(text, from + 2))
          || isDigit(text, from + 3)) {
        return;
      }
      if (separator == null && next.equals(",") && !consistent(from)) {
        return;
      }
      separator = next;
      into.append(text, from, from + 3);
      at = from + 3;
    }
  }

  /** Whether commas go on separating three digits each: {@code 1,234,5} is a list. */
  private boolean consistent(int from) {
    int position = from + 3;
    while (position < text.length()
        && text.charAt(position) == ','
        && isDigit(text, position + 1)) {
      if (!(isDigit(text, position + 2) && isDigit(text, position + 3))
          || isDigit(text, position + 4)) {
        return false;
      }
      position += 4;
    }
    return true;
  }

  private String separatorAt(int position, boolean wholePart) {
    for (String separator : new String[] {"{,}", ",\\!", "\\,", "\\;", "\\:", "\\ ", "~"}) {
      if (text.startsWith(separator, position)) {
        return wholePart || separator.charAt(0) == '\\' ? separator : null;
      }
    }
    char c = text.charAt(position);
    if (Notation.isTightSpace(c)) {
      return String.valueOf(c);
    }
    if (!wholePart) {
      return null;
    }
    if (c == '\'' || (c == ',' && commas)) {
      return String.valueOf(c);
    }
    // "1 234 567" in plain spaces, where no fraction follows: "3 125/1000" is a mixed number.
    if (c == ' ' && commas && !text.startsWith("/", position + 4)) {
      return " ";
    }
    return null;
  }

  /** {@code 12,34,567}: in India groups have two digits, but for the last. */
  private boolean groupsOfLakhs() {
    int position = at;
    while (commas && position < text.length() && text.charAt(position) == ',') {
      int digits = digits(new StringBuilder(), position + 1) - position - 1;
      if (digits == 3 && position > at) {
        whole.append(text.substring(at, position + 4).replace(",", ""));
        at = position + 4;
        return true;
      }
      if (digits != 2) {
        return false;
      }
      position += 3;
    }
    return false;
  }

  /** {@code 1.234.567}: points in at least two places separate thousands. */
  private boolean groupsByPoint() {
    int position = at;
    int groups = 0;
    while (position < text.length()
        && text.charAt(position) == '.'
        && isDigit(text, position + 1)
        && isDigit(text, position + 2)
        && isDigit(text, position + 3)
        && !isDigit(text, position + 4)) {
      position += 4;
      groups++;
    }
    if (groups < 2) {
      return false;
    }
    whole.append(text.substring(at, position).replace(".", ""));
    at = position;
    return true;
  }

  private void digits(StringBuilder into) {
    at = digits(into, at);
  }

  private int digits(StringBuilder into, int from) {
    int position = from;
    while (isDigit(text, position)) {
      into.append(text.charAt(position++));
    }
    return position;
  }

  static boolean isDigit(String text, int at) {
    return at >= 0 && at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }
}
