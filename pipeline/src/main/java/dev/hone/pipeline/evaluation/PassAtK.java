package dev.hone.pipeline.evaluation;

/**
 * The probability that at least one of k answers is correct, estimated without bias from n &gt;= k
 * answers: {@code 1 - C(n - c, k) / C(n, k)} (Chen et al. 2021, "Evaluating Large Language Models
 * Trained on Code", arXiv:2107.03374).
 */
public final class PassAtK {

  private PassAtK() {}

  /**
   * @param n answers drawn
   * @param c how many of them are correct
   * @param k answers allowed, at most n
   */
  public static double estimate(int n, int c, int k) {
    if (k < 1 || k > n || c < 0 || c > n) {
      throw new IllegalArgumentException("pass@" + k + " of " + n + " answers, " + c + " correct");
    }
    if (n - c < k) {
      return 1;
    }
    double allWrong = 1;
    for (int i = n - c + 1; i <= n; i++) {
      allWrong *= 1 - (double) k / i;
    }
    return 1 - allWrong;
  }
}
