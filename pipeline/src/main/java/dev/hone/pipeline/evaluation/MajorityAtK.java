package dev.hone.pipeline.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The probability that a majority vote over k answers is correct (self-consistency: Wang et al.
 * 2022, arXiv:2203.11171), without bias and exactly: the mean over every subset of k of the n
 * answers, counted rather than drawn.
 *
 * <p>The extracted answers vote; the most frequent wins; of answers that tie, each wins with the
 * same probability. An answer from which nothing was extracted takes a place among the k and does
 * not vote, and a vote that nobody took part in is wrong.
 */
public final class MajorityAtK {

  private static final int MOST_SAMPLES = 1000;

  private MajorityAtK() {}

  /**
   * @param samples every answer to one problem
   * @param k answers that vote, at most all
   */
  public static double estimate(List<SampleOutcome> samples, int k) {
    int n = samples.size();
    if (k < 1 || k > n || n > MOST_SAMPLES) {
      throw new IllegalArgumentException("maj@" + k + " of " + n + " answers");
    }
    Map<String, int[]> votes = new LinkedHashMap<>();
    int silent = 0;
    for (SampleOutcome sample : samples) {
      if (sample.extracted() == null) {
        silent++;
      } else {
        int[] counts = votes.computeIfAbsent(sample.extracted(), answer -> new int[2]);
        counts[0]++;
        counts[1] += sample.correct() ? 1 : 0;
      }
    }
    double[][] choose = binomials(n);
    List<int[]> answers = new ArrayList<>(votes.values());
    double right = 0;
    for (int[] answer : answers) {
      if (answer[1] > 0) {
        double share = (double) answer[1] / answer[0];
        right += share * winningSubsets(answer, answers, silent, k, choose);
      }
    }
    return right / choose[n][k];
  }

  /** Subsets of k in which {@code answer} has the most votes, one of r winners counted as 1/r. */
  private static double winningSubsets(
      int[] answer, List<int[]> answers, int silent, int k, double[][] choose) {
    double winning = 0;
    for (int top = 1; top <= Math.min(answer[0], k); top++) {
      int rest = k - top;
      int mostTies = rest / top;
      // ways[size][ties]: how the others can fill `size` places with `ties` of them at `top` votes.
      double[][] ways = new double[rest + 1][mostTies + 1];
      for (int s = 0; s <= Math.min(silent, rest); s++) {
        ways[s][0] = choose[silent][s];
      }
      for (int[] other : answers) {
        if (other != answer) {
          ways = withOther(ways, other[0], top, choose);
        }
      }
      double subsets = 0;
      for (int ties = 0; ties <= mostTies; ties++) {
        subsets += ways[rest][ties] / (ties + 1);
      }
      winning += choose[answer[0]][top] * subsets;
    }
    return winning;
  }

  private static double[][] withOther(double[][] ways, int votes, int top, double[][] choose) {
    int rest = ways.length - 1;
    int mostTies = ways[0].length - 1;
    double[][] next = new double[rest + 1][mostTies + 1];
    for (int size = 0; size <= rest; size++) {
      for (int ties = 0; ties <= mostTies; ties++) {
        if (ways[size][ties] == 0) {
          continue;
        }
        for (int s = 0; s <= Math.min(Math.min(votes, top), rest - size); s++) {
          int tied = s == top ? ties + 1 : ties;
          if (tied <= mostTies) {
            next[size + s][tied] += ways[size][ties] * choose[votes][s];
          }
        }
      }
    }
    return next;
  }

  private static double[][] binomials(int n) {
    double[][] choose = new double[n + 1][n + 1];
    for (int i = 0; i <= n; i++) {
      choose[i][0] = 1;
      for (int j = 1; j <= i; j++) {
        choose[i][j] = choose[i - 1][j - 1] + choose[i - 1][j];
      }
    }
    return choose;
  }
}
