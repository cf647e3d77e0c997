package dev.hone.policy.generation;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The filters as their definitions read, in double, by sorting everything. */
final class NaiveSampling {

  private NaiveSampling() {}

  static double[] probabilities(
      float[] logits, int offset, int vocabulary, BitSet seen, SamplingSettings settings) {
    double[] x = new double[vocabulary];
    for (int i = 0; i < vocabulary; i++) {
      double logit = logits[offset + i];
      if (settings.repetitionPenalty() != 1 && seen.get(i)) {
        logit *= logit < 0 ? settings.repetitionPenalty() : 1 / settings.repetitionPenalty();
      }
      x[i] = logit / settings.temperature();
    }
    List<Integer> likeliestFirst =
        IntStream.range(0, vocabulary)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -x[i]))
            .toList();
    if (settings.topK() > 0) {
      double kth = x[likeliestFirst.get(settings.topK() - 1)];
      for (int i = 0; i < vocabulary; i++) {
        x[i] = x[i] < kth ? Double.NEGATIVE_INFINITY : x[i];
      }
    }
    double[] p = softmax(x);
    double before = 0;
    for (int i : likeliestFirst) {
      double own = p[i];
      if (before >= settings.topP() && settings.topP() < 1) {
        x[i] = Double.NEGATIVE_INFINITY;
      }
      before += own;
    }
    p = softmax(x);
    double most = p[likeliestFirst.get(0)];
    for (int i = 0; i < vocabulary; i++) {
      x[i] = p[i] < settings.minP() * most ? Double.NEGATIVE_INFINITY : x[i];
    }
    return softmax(x);
  }

  private static double[] softmax(double[] x) {
    double max = Arrays.stream(x).max().orElseThrow();
    double[] p = new double[x.length];
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      p[i] = Math.exp(x[i] - max);
      sum += p[i];
    }
    for (int i = 0; i < x.length; i++) {
      p[i] /= sum;
    }
    return p;
  }
}
