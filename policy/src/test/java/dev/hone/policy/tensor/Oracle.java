package dev.hone.policy.tensor;

/**
 * Every operation once more: naive loops in double precision, written from the papers' formulas and
 * from nothing else. Arrays are row-major.
 */
final class Oracle {

  private Oracle() {}

  /** {@code x [n, in]}, {@code w [out, in]}, {@code b [out]} or null. */
  static double[] linear(double[] x, double[] w, double[] b, int n, int in, int out) {
    double[] y = new double[n * out];
    for (int i = 0; i < n; i++) {
      for (int o = 0; o < out; o++) {
        double sum = b == null ? 0 : b[o];
        for (int j = 0; j < in; j++) {
          sum += x[i * in + j] * w[o * in + j];
        }
        y[i * out + o] = sum;
      }
    }
    return y;
  }

  static double[] rmsNorm(double[] x, double[] gain, double epsilon) {
    int width = gain.length;
    double[] y = new double[x.length];
    for (int row = 0; row < x.length / width; row++) {
      double squares = 0;
      for (int j = 0; j < width; j++) {
        squares += x[row * width + j] * x[row * width + j];
      }
      double factor = 1 / Math.sqrt(squares / width + epsilon);
      for (int j = 0; j < width; j++) {
        y[row * width + j] = x[row * width + j] * factor * gain[j];
      }
    }
    return y;
  }

  static double[] swiGlu(double[] gateUp, int width) {
    double[] y = new double[gateUp.length / 2];
    for (int i = 0; i < y.length; i++) {
      double gate = gateUp[i / width * 2 * width + i % width];
      double up = gateUp[i / width * 2 * width + width + i % width];
      y[i] = gate / (1 + Math.exp(-gate)) * up;
    }
    return y;
  }

  /** {@code x [tokens, heads, width]}. */
  static double[] rope(
      double[] x, int heads, int width, int from, RotaryTable table, int[] positions) {
    int pairs = table.inverseFrequencies().length;
    double[] y = x.clone();
    for (int token = 0; token < positions.length; token++) {
      for (int head = 0; head < heads; head++) {
        int base = (token * heads + head) * width + from;
        for (int i = 0; i < pairs; i++) {
          double angle = positions[token] * (double) table.inverseFrequencies()[i];
          double a = table.interleaved() ? x[base + 2 * i] : x[base + i];
          double b = table.interleaved() ? x[base + 2 * i + 1] : x[base + pairs + i];
          double cos = Math.cos(angle) * table.magnitude();
          double sin = Math.sin(angle) * table.magnitude();
          y[base + i] = a * cos - b * sin;
          y[base + pairs + i] = b * cos + a * sin;
        }
      }
    }
    return y;
  }

  /** Causal attention of packed sequences: {@code q [tokens, heads, d]}, {@code v [.., e]}. */
  static double[] attention(
      double[] q,
      double[] k,
      double[] v,
      int[] lengths,
      int heads,
      int kvHeads,
      int d,
      int e,
      double scale) {
    int tokens = q.length / heads / d;
    double[] y = new double[tokens * heads * e];
    int start = 0;
    for (int length : lengths) {
      for (int i = start; i < start + length; i++) {
        for (int head = 0; head < heads; head++) {
          int kv = head / (heads / kvHeads);
          double[] p = new double[i - start + 1];
          for (int j = start; j <= i; j++) {
            for (int c = 0; c < d; c++) {
              p[j - start] += q[(i * heads + head) * d + c] * k[(j * kvHeads + kv) * d + c] * scale;
            }
          }
          p = softmax(p);
          for (int j = start; j <= i; j++) {
            for (int c = 0; c < e; c++) {
              y[(i * heads + head) * e + c] += p[j - start] * v[(j * kvHeads + kv) * e + c];
            }
          }
        }
      }
      start += length;
    }
    return y;
  }

  /** {@code latent [tokens, rank + rope]}, {@code kvB [heads * (nope + v), rank]}. */
  static double[] latentAttention(
      double[] q,
      double[] latent,
      double[] kvB,
      int[] lengths,
      int heads,
      int nope,
      int rope,
      int rank,
      int v,
      double scale) {
    int tokens = latent.length / (rank + rope);
    double[] k = new double[tokens * heads * (nope + rope)];
    double[] values = new double[tokens * heads * v];
    for (int t = 0; t < tokens; t++) {
      for (int h = 0; h < heads; h++) {
        for (int c = 0; c < nope + v; c++) {
          double sum = 0;
          for (int r = 0; r < rank; r++) {
            sum += latent[t * (rank + rope) + r] * kvB[(h * (nope + v) + c) * rank + r];
          }
          if (c < nope) {
            k[(t * heads + h) * (nope + rope) + c] = sum;
          } else {
            values[(t * heads + h) * v + c - nope] = sum;
          }
        }
        for (int c = 0; c < rope; c++) {
          k[(t * heads + h) * (nope + rope) + nope + c] = latent[t * (rank + rope) + rank + c];
        }
      }
    }
    return attention(q, k, values, lengths, heads, heads, nope + rope, v, scale);
  }

  static double[] softmax(double[] x) {
    double max = Double.NEGATIVE_INFINITY;
    for (double value : x) {
      max = Math.max(max, value);
    }
    double sum = 0;
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.exp(x[i] - max);
      sum += y[i];
    }
    for (int i = 0; i < x.length; i++) {
      y[i] /= sum;
    }
    return y;
  }

  static double[] scores(double[] logits, int experts, RouterSettings.Scoring scoring) {
    double[] scores = new double[logits.length];
    for (int row = 0; row < logits.length / experts; row++) {
      double[] own = java.util.Arrays.copyOfRange(logits, row * experts, (row + 1) * experts);
      double[] soft = softmax(own);
      for (int e = 0; e < experts; e++) {
        scores[row * experts + e] =
            scoring == RouterSettings.Scoring.SOFTMAX ? soft[e] : 1 / (1 + Math.exp(-own[e]));
      }
    }
    return scores;
  }

  /** DeepSeek-V3 (sums of two, masked with -inf) and V2 (maxima, masked with 0), by sorting. */
  static int[] choose(double[] scores, double[] bias, int experts, RouterSettings settings) {
    int tokens = scores.length / experts;
    int k = settings.topK();
    int size = experts / settings.groups();
    int[] chosen = new int[tokens * k];
    for (int t = 0; t < tokens; t++) {
      double[] z = new double[experts];
      for (int e = 0; e < experts; e++) {
        z[e] = scores[t * experts + e] + (bias == null ? 0 : bias[e]);
      }
      double[] group = new double[settings.groups()];
      for (int g = 0; g < settings.groups(); g++) {
        double[] sorted = java.util.Arrays.copyOfRange(z, g * size, (g + 1) * size);
        java.util.Arrays.sort(sorted);
        group[g] = sorted[size - 1];
        if (settings.groupScore() == RouterSettings.GroupScore.TOP_TWO_SUM && size > 1) {
          group[g] += sorted[size - 2];
        }
      }
      java.util.Set<Integer> kept = new java.util.HashSet<>();
      for (int g : descending(group)) {
        if (kept.size() < settings.keptGroups()) {
          kept.add(g);
        }
      }
      for (int e = 0; e < experts; e++) {
        if (!kept.contains(e / size)) {
          z[e] =
              settings.groupScore() == RouterSettings.GroupScore.MAX ? 0 : Double.NEGATIVE_INFINITY;
        }
      }
      int[] best = java.util.Arrays.copyOf(descending(z), k);
      java.util.Arrays.sort(best);
      System.arraycopy(best, 0, chosen, t * k, k);
    }
    return chosen;
  }

  private static int[] descending(double[] values) {
    return java.util.stream.IntStream.range(0, values.length)
        .boxed()
        .sorted(java.util.Comparator.comparingDouble((Integer i) -> -values[i]))
        .mapToInt(i -> i)
        .toArray();
  }

  static double[] routerWeights(
      double[] scores, int[] chosen, int experts, RouterSettings settings) {
    int k = settings.topK();
    double[] weights = new double[chosen.length];
    for (int t = 0; t < chosen.length / k; t++) {
      double sum = settings.normalize() ? 1e-20 : 1;
      for (int j = 0; j < k && settings.normalize(); j++) {
        sum += scores[t * experts + chosen[t * k + j]];
      }
      for (int j = 0; j < k; j++) {
        weights[t * k + j] = scores[t * experts + chosen[t * k + j]] / sum * settings.scale();
      }
    }
    return weights;
  }

  /** Sum over the chosen of weight times expert(x), each expert one matrix {@code [out, in]}. */
  static double[] experts(
      double[] x, double[] weights, double[] matrices, int[] chosen, int k, int in, int out) {
    int tokens = x.length / in;
    double[] y = new double[tokens * out];
    for (int t = 0; t < tokens; t++) {
      for (int j = 0; j < k; j++) {
        int expert = chosen[t * k + j];
        for (int o = 0; o < out; o++) {
          double sum = 0;
          for (int i = 0; i < in; i++) {
            sum += x[t * in + i] * matrices[(expert * out + o) * in + i];
          }
          y[t * out + o] += weights[t * k + j] * sum;
        }
      }
    }
    return y;
  }

  /** {@code [rows]} log-probabilities, then {@code [rows]} entropies. */
  static double[] tokenLogProbs(
      double[] hidden, double[] head, int[] targets, int width, double temperature) {
    int rows = targets.length;
    int vocabulary = head.length / width;
    double[] logits = linear(hidden, head, null, rows, width, vocabulary);
    double[] y = new double[2 * rows];
    for (int row = 0; row < rows; row++) {
      double[] own = new double[vocabulary];
      for (int j = 0; j < vocabulary; j++) {
        own[j] = logits[row * vocabulary + j] / temperature;
      }
      double[] p = softmax(own);
      y[row] = Math.log(p[targets[row]]);
      for (double probability : p) {
        y[rows + row] -= probability * Math.log(probability);
      }
    }
    return y;
  }
}
