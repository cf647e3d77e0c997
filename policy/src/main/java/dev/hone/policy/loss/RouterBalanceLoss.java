package dev.hone.policy.loss;

/**
 * Auxiliary losses that keep experts equally busy, and their gradient in the routers' scores. With
 * {@code p_t = s_t / sum_j s_tj} the normalised scores of a token, both are {@code sum_i f_i P_i}
 * with f the (constant) frequency of expert i and P the mean of p, so that
 *
 * <pre>  d L / d s_tj = (f_j - sum_i f_i p_ti) / (T sum_j s_tj)</pre>
 */
public final class RouterBalanceLoss {

  private final double[] frequencies;

  private RouterBalanceLoss(double[] frequencies) {
    this.frequencies = frequencies;
  }

  /**
   * DeepSeek-V3 (2024), equations 17 to 20, of one sequence in one layer: {@code f_i = E / (k T)
   * sum_t 1[i in topk(s_t)]}, the top-k being that of the scores, before any correction bias.
   *
   * @param scores {@code [tokens, experts]}
   * @param from first token of the sequence
   * @param to after its last
   * @param topK experts a token
   */
  public static RouterBalanceLoss ofSequence(
      float[] scores, int experts, int from, int to, int topK) {
    double[] frequencies = new double[experts];
    for (int t = from; t < to; t++) {
      boolean[] chosen = new boolean[experts];
      for (int k = 0; k < topK; k++) {
        int best = -1;
        for (int e = 0; e < experts; e++) {
          if (!chosen[e] && (best < 0 || scores[t * experts + e] > scores[t * experts + best])) {
            best = e;
          }
        }
        chosen[best] = true;
        frequencies[best] += experts / (topK * (double) (to - from));
      }
    }
    return new RouterBalanceLoss(frequencies);
  }

  /**
   * Switch Transformers (Fedus et al., 2021) as transformers' load_balancing_loss_func: {@code f_i
   * = E counts_i / N} over the tokens of a batch in all layers together.
   *
   * @param counts {@code [experts]}: choices of each expert
   * @param tokens N, tokens times layers
   */
  public static RouterBalanceLoss ofBatch(long[] counts, double tokens) {
    double[] frequencies = new double[counts.length];
    for (int e = 0; e < counts.length; e++) {
      frequencies[e] = counts.length * counts[e] / tokens;
    }
    return new RouterBalanceLoss(frequencies);
  }

  /**
   * The loss of tokens {@code [from, to)}, each counting {@code weight} (1 / T for the mean), whose
   * gradient is added to {@code byScores}.
   *
   * @param scores {@code [tokens, experts]}
   * @param byScores {@code [tokens, experts]}
   */
  public double add(float[] scores, int from, int to, double weight, float[] byScores) {
    int experts = frequencies.length;
    double loss = 0;
    for (int t = from; t < to; t++) {
      double sum = 0;
      double frequency = 0;
      for (int e = 0; e < experts; e++) {
        sum += scores[t * experts + e];
        frequency += frequencies[e] * scores[t * experts + e];
      }
      frequency /= sum;
      loss += weight * frequency;
      for (int e = 0; e < experts; e++) {
        byScores[t * experts + e] += (float) (weight * (frequencies[e] - frequency) / sum);
      }
    }
    return loss;
  }
}
