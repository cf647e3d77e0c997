package dev.hone.policy.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.hone.policy.tensor.RotaryTable;
import java.util.ArrayList;
import java.util.List;

/**
 * Cosines and sines of a packing's rows, {@code [tokens, 1, pairs]}. The angle is the fp32 product
 * of position and inverse frequency, as in transformers, so that both round alike far out.
 */
record Rotation(PtNDArray cos, PtNDArray sin) {

  static Rotation of(PtNDManager manager, RotaryTable table, int[] positions) {
    float[] frequencies = table.inverseFrequencies();
    int pairs = frequencies.length;
    float[] cos = new float[positions.length * pairs];
    float[] sin = new float[positions.length * pairs];
    for (int row = 0; row < positions.length; row++) {
      for (int pair = 0; pair < pairs; pair++) {
        double angle = positions[row] * frequencies[pair];
        cos[row * pairs + pair] = (float) Math.cos(angle) * table.magnitude();
        sin[row * pairs + pair] = (float) Math.sin(angle) * table.magnitude();
      }
    }
    return new Rotation(
        Torch.retain(Torch.floats(manager, cos, positions.length, 1, pairs)),
        Torch.retain(Torch.floats(manager, sin, positions.length, 1, pairs)));
  }

  /** Rotates columns {@code [from, from + 2 * pairs)} of {@code x [tokens, heads, width]}. */
  PtNDArray apply(PtNDArray x, int width, int from, RotaryTable table) {
    int pairs = table.inverseFrequencies().length;
    int to = from + 2 * pairs;
    PtNDArray first;
    PtNDArray second;
    if (table.interleaved()) {
      first = JniUtils.slice(x, 2, from, to, 2);
      second = JniUtils.slice(x, 2, from + 1L, to, 2);
    } else {
      first = Torch.columns(x, 3, from, from + pairs);
      second = Torch.columns(x, 3, from + pairs, to);
    }
    List<PtNDArray> parts = new ArrayList<>(4);
    if (from > 0) {
      parts.add(Torch.columns(x, 3, 0, from));
    }
    PtNDArray low = JniUtils.mul(first, cos);
    JniUtils.subi(low, JniUtils.mul(second, sin));
    PtNDArray high = JniUtils.mul(second, cos);
    JniUtils.addi(high, JniUtils.mul(first, sin));
    parts.add(low);
    parts.add(high);
    if (to < width) {
      parts.add(Torch.columns(x, 3, to, width));
    }
    return JniUtils.cat(parts.toArray(PtNDArray[]::new), 2);
  }

  void close() {
    cos.close();
    sin.close();
  }
}
