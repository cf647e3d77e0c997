package dev.hone.pipeline.data;

/**
 * Round numbers are common where people make up problems. Shares of numbers of each length that end
 * in 0, 1, 2, ... zeros, as counted in the annotated calculations of GSM8K (Cobbe et al. 2021).
 */
final class TrailingZeros {

  private static final double[][] SHARES = {
    {1},
    {1},
    {0.64, 0.36},
    {0.26, 0.40, 0.34},
    {0.10, 0.15, 0.38, 0.37},
    {0.02, 0.06, 0.16, 0.39, 0.37},
    {0.02, 0.03, 0.05, 0.20, 0.38, 0.32}
  };

  private TrailingZeros() {}

  /** A number of so many digits, drawn evenly among those with a drawn number of zeros. */
  static String number(int digits, Draws draws) {
    double[] shares = SHARES[Math.min(digits, SHARES.length - 1)];
    double at = draws.uniform();
    int zeros = 0;
    while (zeros < shares.length - 1 && at >= shares[zeros]) {
      at -= shares[zeros++];
    }
    StringBuilder text = new StringBuilder();
    int written = digits - zeros;
    for (int i = 0; i < written; i++) {
      boolean nonzero = i == 0 || i == written - 1;
      text.append(nonzero ? 1 + draws.below(9) : draws.below(10));
    }
    return text.append("0".repeat(zeros)).toString();
  }
}
