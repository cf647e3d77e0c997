package dev.hone.pipeline.data;

/**
 * Numbers as people make them up: small leading digits are common, and so are 5 and even digits at
 * the end. Shares of digits as counted in the annotated calculations of GSM8K (Cobbe et al. 2021).
 */
final class UsualNumber {

  /** Shares of 1 .. 9 as the only digit of a number of one digit. */
  private static final double[] ALONE = {.08, .19, .16, .14, .12, .10, .07, .09, .05};

  /** Shares of 1 .. 9 before trailing zeros only. */
  private static final double[] ROUND = {.22, .16, .14, .11, .11, .10, .03, .08, .05};

  /** Shares of 1 .. 9 in front of other digits. */
  private static final double[] FIRST = {.42, .20, .12, .09, .05, .04, .04, .02, .02};

  /** Shares of 1 .. 9 as the last digit before trailing zeros, after others. */
  private static final double[] LAST = {.06, .19, .06, .14, .22, .13, .05, .11, .04};

  private UsualNumber() {}

  /** A number of {@code digits} digits, {@code zeros} of them zeros at its end. */
  static String draw(int digits, int zeros, Draws draws) {
    int written = digits - zeros;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < written; i++) {
      if (i == 0) {
        text.append(digit(written > 1 ? FIRST : digits > 1 ? ROUND : ALONE, draws));
      } else {
        text.append(i == written - 1 ? digit(LAST, draws) : draws.below(10));
      }
    }
    return text.append("0".repeat(zeros)).toString();
  }

  private static int digit(double[] shares, Draws draws) {
    double at = draws.uniform();
    int digit = 1;
    while (digit < 9 && at >= shares[digit - 1]) {
      at -= shares[digit - 1];
      digit++;
    }
    return digit;
  }
}
