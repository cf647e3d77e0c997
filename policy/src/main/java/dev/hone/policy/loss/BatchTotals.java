package dev.hone.policy.loss;

import java.util.Arrays;
import java.util.List;

/**
 * What a loss is normalised by: counts of a whole batch, so that neither the order nor the cut into
 * micro-batches changes a gradient.
 *
 * @param sequences answers of the optimizer step
 * @param tokens learned tokens of the optimizer step
 * @param generationTokens learned tokens of the generation batch by its optimizer steps a pass
 * @param entropyThreshold tokens of lower entropy are left out of the policy term
 * @param entropyTokens learned tokens that are not left out
 */
public record BatchTotals(
    double sequences,
    double tokens,
    double generationTokens,
    double entropyThreshold,
    double entropyTokens) {

  /** Totals of a step that learns from tokens of any entropy. */
  public static BatchTotals of(double sequences, double tokens, double generationTokens) {
    return new BatchTotals(sequences, tokens, generationTokens, Double.NEGATIVE_INFINITY, tokens);
  }

  /**
   * The same, learning from the tokens of highest entropy only (Wang et al., 2025, "Beyond the
   * 80/20 Rule").
   *
   * @param share of the tokens that is kept, in (0, 1]
   * @param entropies of each sequence's tokens
   * @param masks of each sequence's tokens
   */
  public BatchTotals keepingTopEntropy(
      double share, List<double[]> entropies, List<boolean[]> masks) {
    double[] learned = learned(entropies, masks);
    if (share >= 1 || learned.length == 0) {
      return this;
    }
    Arrays.sort(learned);
    double threshold = quantile(learned, 1 - share);
    long kept = Arrays.stream(learned).filter(entropy -> entropy >= threshold).count();
    return new BatchTotals(sequences, tokens, generationTokens, threshold, kept);
  }

  private static double[] learned(List<double[]> entropies, List<boolean[]> masks) {
    double[] learned = new double[entropies.stream().mapToInt(row -> row.length).sum()];
    int count = 0;
    for (int s = 0; s < entropies.size(); s++) {
      for (int t = 0; t < entropies.get(s).length; t++) {
        if (masks.get(s)[t]) {
          learned[count++] = entropies.get(s)[t];
        }
      }
    }
    return Arrays.copyOf(learned, count);
  }

  /** Linear interpolation between the nearest two, as torch.quantile. */
  private static double quantile(double[] sorted, double q) {
    double rank = q * (sorted.length - 1);
    int below = (int) Math.floor(rank);
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  }
}
