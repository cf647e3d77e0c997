package dev.hone.policy.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.hone.policy.tensor.RotaryTable;

/**
 * Cosines and sines of a packing's rows, {@code [tokens, 1, pairs, 1]} for interleaved pairs and
 * {@code [tokens, 1, 1, pairs]} for halves. The angle is the fp32 product of position and inverse
 * frequency, as in transformers, so that both round alike far out.
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
    long[] shape =
        table.interleaved()
            ? new long[] {positions.length, 1, pairs, 1}
            : new long[] {positions.length, 1, 1, pairs};
    return new Rotation(
        Torch.retain(Torch.floats(manager, cos, shape)),
        Torch.retain(Torch.floats(manager, sin, shape)));
  }

  /** Rotates columns {@code [from, from + 2 * pairs)} of {@code x [tokens, heads, width]}. */
  PtNDArray apply(PtNDArray x, int tokens, int heads, int width, int from, RotaryTable table) {
    int pairs = table.inverseFrequencies().length;
    int rest = width - from - 2 * pairs;
    PtNDArray[] parts =
        from == 0 && rest == 0
            ? new PtNDArray[] {x, x, x}
            : Torch.split(x, 2, from, 2L * pairs, rest);
    // Pairs as [tokens, heads, pairs, 2] or [tokens, heads, 2, pairs]: one split parts them.
    int axis = table.interleaved() ? 3 : 2;
    long[] paired =
        table.interleaved()
            ? new long[] {tokens, heads, pairs, 2}
            : new long[] {tokens, heads, 2, pairs};
    PtNDArray[] pair = Torch.split(JniUtils.reshape(parts[1], paired), axis, 1, 1);
    PtNDArray low = JniUtils.mul(pair[0], cos);
    JniUtils.subi(low, JniUtils.mul(pair[1], sin));
    PtNDArray high = JniUtils.mul(pair[1], cos);
    JniUtils.addi(high, JniUtils.mul(pair[0], sin));
    PtNDArray rotated =
        JniUtils.reshape(
            JniUtils.cat(new PtNDArray[] {low, high}, 2), new long[] {tokens, heads, 2L * pairs});
    if (from == 0 && rest == 0) {
      return rotated;
    }
    return JniUtils.cat(new PtNDArray[] {parts[0], rotated, parts[2]}, 2);
  }

  void close() {
    cos.close();
    sin.close();
  }
}
