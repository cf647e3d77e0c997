package dev.hone.policy.generation;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The tokens that the filters leave, and their renormalised weights, as transformers' logits
 * processors leave them: repetition penalty, temperature, top-k (all tokens equal to the k-th are
 * kept), top-p (the likeliest tokens while those before them hold less than p), min-p; each on the
 * renormalised result of the one before.
 */
final class Candidates {

  /** How many of the likeliest tokens are sorted first in the search for the nucleus. */
  private static final int FIRST_SORTED = 64;

  private final SamplingSettings settings;
  private final int vocabulary;

  /** Of each token kept: {@code [order of its scaled logit, ~id]}, so likelier is larger. */
  private final long[] keys;

  private final int[] tokens;
  private final double[] weights;
  private int kept;
  private double total;

  Candidates(SamplingSettings settings, int vocabulary) {
    this.settings = settings;
    this.vocabulary = vocabulary;
    this.keys = new long[vocabulary];
    this.tokens = new int[vocabulary];
    this.weights = new double[vocabulary];
  }

  /** Applies the filters to a row of logits. */
  void select(float[] logits, int offset, BitSet seen) {
    float temperature = (float) settings.temperature();
    float penalty = (float) settings.repetitionPenalty();
    for (int token = 0; token < vocabulary; token++) {
      float logit = logits[offset + token];
      if (penalty != 1 && seen.get(token)) {
        logit = Sampler.penalised(logit, penalty);
      }
      keys[token] = key(logit / temperature, token);
    }
    kept = vocabulary;
    if (settings.topK() > 0 && settings.topK() < vocabulary) {
      keepTopK();
    }
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < kept; i++) {
      max = Math.max(max, logit(keys[i]));
    }
    if (settings.topP() < 1) {
      keepNucleus(max);
    }
    if (settings.minP() > 0) {
      int remaining = 0;
      for (int i = 0; i < kept; i++) {
        if (FastExp.exp(logit(keys[i]) - max) >= settings.minP()) {
          keys[remaining++] = keys[i];
        }
      }
      kept = remaining;
    }
    finish(max);
  }

  int kept() {
    return kept;
  }

  /** Id of the {@code i}-th candidate; ids ascend. */
  int token(int i) {
    return tokens[i];
  }

  double probability(int i) {
    return weights[i] / total;
  }

  /** Index of the candidate at which the cumulative distribution passes {@code uniform}. */
  int draw(double uniform) {
    double target = uniform * total;
    double sum = 0;
    int last = 0;
    for (int i = 0; i < kept; i++) {
      sum += weights[i];
      if (weights[i] > 0) {
        last = i;
        if (sum > target) {
          return i;
        }
      }
    }
    return last;
  }

  private void keepTopK() {
    int k = settings.topK();
    largestFirst(k);
    float kth = Float.POSITIVE_INFINITY;
    for (int i = 0; i < k; i++) {
      kth = Math.min(kth, logit(keys[i]));
    }
    int ties = k;
    for (int i = k; i < kept; i++) {
      if (logit(keys[i]) == kth) {
        keys[ties++] = keys[i];
      }
    }
    kept = ties;
  }

  private void keepNucleus(float max) {
    double all = 0;
    for (int i = 0; i < kept; i++) {
      all += FastExp.exp(logit(keys[i]) - max);
    }
    double enough = settings.topP() * all;
    for (int sorted = FIRST_SORTED; ; sorted *= 4) {
      int count = Math.min(sorted, kept);
      largestFirst(count);
      Arrays.sort(keys, 0, count);
      double before = 0;
      int nucleus = 0;
      while (nucleus < count && before < enough) {
        nucleus++;
        before += FastExp.exp(logit(keys[count - nucleus]) - max);
      }
      if (before >= enough || count == kept) {
        System.arraycopy(keys, count - nucleus, keys, 0, nucleus);
        kept = nucleus;
        return;
      }
    }
  }

  /** Moves the {@code count} largest keys to the front, in no order (Hoare's quickselect). */
  private void largestFirst(int count) {
    int low = 0;
    int high = kept - 1;
    while (low < high && count < kept) {
      long pivot = median(keys[low], keys[(low + high) >>> 1], keys[high]);
      int i = low;
      int j = high;
      while (i <= j) {
        while (keys[i] > pivot) {
          i++;
        }
        while (keys[j] < pivot) {
          j--;
        }
        if (i <= j) {
          long swapped = keys[i];
          keys[i++] = keys[j];
          keys[j--] = swapped;
        }
      }
      if (count - 1 <= j) {
        high = j;
      } else if (count - 1 >= i) {
        low = i;
      } else {
        return;
      }
    }
  }

  private static long median(long a, long b, long c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  private void finish(float max) {
    for (int i = 0; i < kept; i++) {
      // Ids back in ascending order, each with its logit.
      keys[i] = ((~keys[i] & 0xFFFFFFFFL) << 32) | (keys[i] >>> 32);
    }
    Arrays.sort(keys, 0, kept);
    total = 0;
    for (int i = 0; i < kept; i++) {
      tokens[i] = (int) (keys[i] >>> 32);
      weights[i] = FastExp.exp(logit(keys[i] << 32) - max);
      total += weights[i];
    }
  }

  /** Flips the bits of a float so that the order of the ints is that of the numbers. */
  private static long key(float logit, int token) {
    int bits = Float.floatToIntBits(logit + 0f);
    int ordered = bits ^ ((bits >> 31) & 0x7FFFFFFF);
    return ((long) ordered << 32) | (~token & 0xFFFFFFFFL);
  }

  private static float logit(long key) {
    int ordered = (int) (key >> 32);
    return Float.intBitsToFloat(ordered ^ ((ordered >> 31) & 0x7FFFFFFF));
  }
}
