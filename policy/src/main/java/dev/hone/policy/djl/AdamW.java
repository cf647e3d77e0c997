package dev.hone.policy.djl;

import ai.djl.ndarray.NDScope;
import dev.hone.policy.tensor.AdamWSettings;
import dev.hone.policy.tensor.Parameter;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * One pass over the engine's memory, block by block through arrays, which the compiler vectorises:
 * no temporaries, and the same arithmetic whatever the number of threads.
 */
final class AdamW {

  private static final int BLOCK = 4096;

  private final float[] p = new float[BLOCK];
  private final float[] g = new float[BLOCK];
  private final float[] m = new float[BLOCK];
  private final float[] v = new float[BLOCK];

  /** Where {@code gradients} is null, nothing flowed: the gradient is zero. */
  void step(
      FloatBuffer values,
      FloatBuffer gradients,
      FloatBuffer first,
      FloatBuffer second,
      AdamWSettings settings,
      double learningRate,
      double weightDecay,
      double gradientScale,
      int step) {
    float scale = (float) gradientScale;
    float keep = (float) (1 - learningRate * weightDecay);
    float beta2 = (float) settings.beta2();
    float toFirst = (float) (1 - settings.beta1());
    float toSecond = (float) (1 - settings.beta2());
    float stepSize = (float) (learningRate / (1 - Math.pow(settings.beta1(), step)));
    float rootCorrection = (float) Math.sqrt(1 - Math.pow(settings.beta2(), step));
    float epsilon = (float) settings.epsilon();
    int size = values.capacity();
    for (int from = 0; from < size; from += BLOCK) {
      int count = Math.min(BLOCK, size - from);
      values.get(from, p, 0, count);
      first.get(from, m, 0, count);
      second.get(from, v, 0, count);
      if (gradients != null) {
        gradients.get(from, g, 0, count);
      }
      for (int i = 0; i < count; i++) {
        float gradient = g[i] * scale;
        float mean = m[i] + (gradient - m[i]) * toFirst;
        float square = v[i] * beta2 + gradient * gradient * toSecond;
        m[i] = mean;
        v[i] = square;
        float root = (float) Math.sqrt(square);
        p[i] = p[i] * keep - stepSize * (mean / (root / rootCorrection + epsilon));
      }
      values.put(from, p, 0, count);
      first.put(from, m, 0, count);
      second.put(from, v, 0, count);
    }
  }

  /** L2 norm of all gradients together. */
  static double norm(List<Parameter> parameters) {
    AdamW blocks = new AdamW();
    double sum = 0;
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      for (Parameter parameter : parameters) {
        FloatBuffer gradient = ((DjlParameter) parameter).gradientBuffer();
        if (gradient != null) {
          sum += blocks.sumOfSquares(gradient);
        }
      }
    }
    return Math.sqrt(sum);
  }

  /** Sum of squares in double precision, in a fixed order. */
  private double sumOfSquares(FloatBuffer gradients) {
    int size = gradients.capacity();
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    for (int from = 0; from < size; from += BLOCK) {
      int count = Math.min(BLOCK, size - from);
      gradients.get(from, g, 0, count);
      int i = 0;
      for (; i + 3 < count; i += 4) {
        a += (double) g[i] * g[i];
        b += (double) g[i + 1] * g[i + 1];
        c += (double) g[i + 2] * g[i + 2];
        d += (double) g[i + 3] * g[i + 3];
      }
      for (; i < count; i++) {
        a += (double) g[i] * g[i];
      }
    }
    return a + b + c + d;
  }
}
