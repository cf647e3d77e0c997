package dev.hone.policy.generation;

import java.util.BitSet;

/**
 * Draws tokens from rows of fp32 logits: one uniform number through the inverse of the cumulative
 * distribution, tokens in ascending order of their ids, so that a rounding of the logits moves a
 * choice only where the number falls on a border. Filters are {@link Candidates}. Holds scratch
 * space: one thread at a time.
 */
final class Sampler {

  /** Sums of so many weights are kept, to find the drawn token without passing all of them. */
  private static final int BLOCK = 256;

  private final SamplingSettings settings;
  private final int vocabulary;
  private final float[] weights;
  private final double[] blockSums;
  private final Candidates candidates;

  Sampler(SamplingSettings settings, int vocabulary) {
    this.settings = settings;
    this.vocabulary = vocabulary;
    this.weights = new float[vocabulary];
    this.blockSums = new double[(vocabulary + BLOCK - 1) / BLOCK];
    this.candidates = new Candidates(settings, vocabulary);
  }

  /**
   * Draws from {@code logits[offset .. offset + vocabulary)}, which are left as they are.
   *
   * @param seen tokens of the prompt and the completion so far, for the repetition penalty
   * @param uniform in [0, 1)
   */
  Sampled sample(float[] logits, int offset, BitSet seen, double uniform) {
    if (settings.greedy()) {
      return greedy(logits, offset, seen);
    }
    float inverseTemperature = (float) (1 / settings.temperature());
    float max = max(logits, offset);
    double total = fillWeights(logits, offset, max, inverseTemperature);
    double logTotal = Math.log(total);
    int token;
    double samplingLogProb;
    if (settings.unfiltered()) {
      token = draw(uniform * total);
      samplingLogProb = (logits[offset + token] - max) * (double) inverseTemperature - logTotal;
      return new Sampled(token, (float) samplingLogProb, (float) samplingLogProb);
    }
    candidates.select(logits, offset, seen);
    int drawn = candidates.draw(uniform);
    token = candidates.token(drawn);
    return new Sampled(
        token,
        (float) ((logits[offset + token] - max) * (double) inverseTemperature - logTotal),
        (float) Math.log(candidates.probability(drawn)));
  }

  /** The likeliest token after the repetition penalty; of equal ones that of the lowest id. */
  private Sampled greedy(float[] logits, int offset, BitSet seen) {
    float max = max(logits, offset);
    double logTotal = Math.log(fillWeights(logits, offset, max, 1));
    int best = 0;
    float bestLogit = Float.NEGATIVE_INFINITY;
    for (int token = 0; token < vocabulary; token++) {
      float logit = logits[offset + token];
      if (settings.repetitionPenalty() != 1 && seen.get(token)) {
        logit = penalised(logit, (float) settings.repetitionPenalty());
      }
      if (logit > bestLogit) {
        bestLogit = logit;
        best = token;
      }
    }
    return new Sampled(best, (float) (logits[offset + best] - (double) max - logTotal), 0);
  }

  static float penalised(float logit, float penalty) {
    return logit < 0 ? logit * penalty : logit / penalty;
  }

  private float max(float[] logits, int offset) {
    float max0 = Float.NEGATIVE_INFINITY;
    float max1 = Float.NEGATIVE_INFINITY;
    int end = offset + vocabulary;
    int i = offset;
    for (; i + 1 < end; i += 2) {
      max0 = logits[i] > max0 ? logits[i] : max0;
      max1 = logits[i + 1] > max1 ? logits[i + 1] : max1;
    }
    if (i < end && logits[i] > max0) {
      max0 = logits[i];
    }
    return Math.max(max0, max1);
  }

  /** Fills the weights exp((logit - max) / temperature) and their sums; returns the total. */
  private double fillWeights(float[] logits, int offset, float max, float inverseTemperature) {
    double total = 0;
    for (int block = 0; block < blockSums.length; block++) {
      int end = Math.min(vocabulary, (block + 1) * BLOCK);
      double sum = 0;
      for (int token = block * BLOCK; token < end; token++) {
        float weight = FastExp.exp((logits[offset + token] - max) * inverseTemperature);
        weights[token] = weight;
        sum += weight;
      }
      blockSums[block] = sum;
      total += sum;
    }
    if (!(total >= 1) || total == Double.POSITIVE_INFINITY) {
      throw new ArithmeticException(
          "The model's logits are not finite: its weights hold NaN or infinity, or overflowed");
    }
    return total;
  }

  /** The token at which the running sum of the weights passes {@code target}. */
  private int draw(double target) {
    int block = 0;
    double sum = 0;
    while (block < blockSums.length - 1 && sum + blockSums[block] <= target) {
      sum += blockSums[block++];
    }
    int last = -1;
    for (int token = block * BLOCK; token < vocabulary; token++) {
      sum += weights[token];
      if (weights[token] > 0) {
        last = token;
        if (sum > target) {
          return token;
        }
      }
    }
    // Rounding left the target beyond the sum: the last token that can be drawn at all.
    for (int token = block * BLOCK - 1; last < 0; token--) {
      last = weights[token] > 0 ? token : -1;
    }
    return last;
  }
}
