package dev.hone.policy.djl;

import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Log-probability and entropy of softmax(hidden head^T / temperature), over chunks of rows so small
 * that their logits stay within a fixed budget, forward and backward. With {@code l} the
 * log-softmax, {@code p} its exponential and {@code H} the entropy, the gradient with respect to
 * logit {@code j} is {@code dLogProb (1[j = target] - p_j) - dEntropy p_j (l_j + H)}.
 */
final class FusedHead implements AutoCloseable {

  /** Numbers that the logits of one chunk may hold: 32 MB. */
  private static final int CHUNK = 8 << 20;

  private final TorchThread thread;
  private final PtNDArray hidden;
  private final boolean hiddenTraced;
  private final DjlTensor head;
  private final PtNDArray weight;
  private final int[] targets;
  private final int width;
  private final double temperature;
  private final int chunkRows;
  private final float[] logProbs;
  private final float[] entropies;

  /** Kept from forward to backward where all rows are one chunk; null otherwise. */
  private PtNDArray onlyChunk;

  /** A result of the head, which knows where its gradient goes. */
  static final class Output extends DjlTensor {
    private final FusedHead head;
    private final boolean entropy;

    Output(PtNDArray array, int rows, FusedHead head, boolean entropy) {
      super(array, new Shape(rows), DType.FLOAT32);
      this.head = head;
      this.entropy = entropy;
    }

    FusedHead head() {
      return head;
    }
  }

  /** The gradients asked for, summed over roots. */
  static final class Gradients {
    private final float[] logProbs;
    private final float[] entropies;

    private Gradients(int rows) {
      logProbs = new float[rows];
      entropies = new float[rows];
    }

    void add(Output output, float[] gradient) {
      float[] sum = output.entropy ? entropies : logProbs;
      for (int i = 0; i < gradient.length; i++) {
        sum[i] += gradient[i];
      }
    }
  }

  /** {@code hidden [rows, width]}, {@code weight [vocabulary, width]}. */
  FusedHead(
      TorchThread thread, DjlTensor hidden, DjlTensor weight, int[] targets, double temperature) {
    int vocabulary = weight.shape().dim(0);
    this.thread = thread;
    this.width = weight.shape().dim(1);
    this.hidden = JniUtils.reshape(hidden.array(), new long[] {targets.length, width});
    this.hiddenTraced = hidden.mayBeTraced();
    this.head = weight;
    this.weight = weight.array();
    this.targets = targets.clone();
    this.temperature = temperature;
    this.chunkRows = Math.max(1, CHUNK / vocabulary);
    this.logProbs = new float[targets.length];
    this.entropies = new float[targets.length];
    Torch.retain(this.hidden);
  }

  Output logProbs() {
    PtNDArray array = Torch.floats(thread.manager(), logProbs, logProbs.length);
    return new Output(Torch.retain(array), logProbs.length, this, false);
  }

  Output entropies() {
    PtNDArray array = Torch.floats(thread.manager(), entropies, entropies.length);
    return new Output(Torch.retain(array), entropies.length, this, true);
  }

  boolean differentiable() {
    return hiddenTraced || head.mayBeTraced();
  }

  Gradients noGradients() {
    return new Gradients(targets.length);
  }

  void forward() {
    JniUtils.setGradMode(false);
    try {
      for (int from = 0; from < targets.length; from += chunkRows) {
        int to = Math.min(targets.length, from + chunkRows);
        try (NDScope temporaries = new NDScope()) {
          temporaries.suppressNotUsedWarning();
          PtNDArray logSoftmax = logSoftmax(Torch.rows(hidden, from, to));
          if (thread.recording() && differentiable() && targets.length <= chunkRows) {
            onlyChunk = Torch.retain(logSoftmax);
          }
          PtNDArray chosen = JniUtils.gather(logSoftmax, targets(from, to, to - from, 1), 1);
          Torch.bytes(chosen).asFloatBuffer().get(logProbs, from, to - from);
          PtNDArray probabilities = JniUtils.exp(logSoftmax);
          JniUtils.muli(probabilities, logSoftmax);
          PtNDArray negated = JniUtils.sum(probabilities, new long[] {1}, false);
          Torch.bytes(negated).asFloatBuffer().get(entropies, from, to - from);
        }
      }
    } finally {
      JniUtils.setGradMode(thread.recording());
    }
    for (int i = 0; i < entropies.length; i++) {
      entropies[i] = -entropies[i];
    }
  }

  private PtNDArray logSoftmax(PtNDArray rows) {
    PtNDArray logits = JniUtils.linear(rows, weight, null);
    if (temperature != 1) {
      JniUtils.muli(logits, Torch.scalar(1 / temperature));
    }
    return JniUtils.logSoftmax(logits, 1, DataType.FLOAT32);
  }

  private PtNDArray targets(int from, int to, long... dims) {
    return Torch.longs(
        thread.manager(), Arrays.stream(targets, from, to).asLongStream().toArray(), dims);
  }

  /**
   * Adds the hidden states and their gradient to the roots of the trace; the head's own gradient,
   * whose history is itself, is added at once.
   */
  void backward(Gradients wanted, List<PtNDArray> outputs, List<PtNDArray> gradients) {
    boolean weightTraced = head.mayBeTraced();
    PtNDArray hiddenGradient =
        hiddenTraced ? Torch.zeros(thread.manager(), targets.length, width) : null;
    PtNDArray weightGradient = null;
    for (int from = 0; from < targets.length; from += chunkRows) {
      int to = Math.min(targets.length, from + chunkRows);
      try (NDScope temporaries = new NDScope()) {
        temporaries.suppressNotUsedWarning();
        PtNDArray rows = Torch.rows(hidden, from, to);
        PtNDArray logits = logitGradient(rows, wanted, from, to);
        if (hiddenTraced) {
          PtNDArray part = JniUtils.matmul(logits, weight);
          JniUtils.indexSet(
              hiddenGradient,
              part,
              new long[] {from, 0},
              new long[] {to, width},
              new long[] {1, 1});
        }
        if (weightTraced) {
          PtNDArray part = JniUtils.matmul(JniUtils.transpose(logits, 0, 1), rows);
          if (weightGradient == null) {
            weightGradient = Torch.retain(part);
          } else {
            JniUtils.addi(weightGradient, part);
          }
        }
      }
    }
    if (hiddenTraced) {
      outputs.add(hidden);
      gradients.add(JniUtils.reshape(hiddenGradient, new long[] {-1}));
    }
    if (weightGradient != null && head.isLeaf()) {
      JniUtils.backward(weight, weightGradient, false, false);
      weightGradient.close();
    } else if (weightGradient != null) {
      outputs.add(weight);
      gradients.add(JniUtils.reshape(weightGradient, new long[] {-1}));
      weightGradient.close();
    }
  }

  /** The gradient with respect to {@code hidden head^T} of one chunk. */
  private PtNDArray logitGradient(PtNDArray rows, Gradients wanted, int from, int to) {
    int count = to - from;
    float[] logProb = new float[count];
    float[] entropy = new float[count];
    float[] shift = new float[count];
    boolean anyEntropy = false;
    for (int i = 0; i < count; i++) {
      logProb[i] = (float) (wanted.logProbs[from + i] / temperature);
      entropy[i] = (float) (wanted.entropies[from + i] / temperature);
      shift[i] = logProb[i] + entropy[i] * entropies[from + i];
      anyEntropy |= entropy[i] != 0;
    }
    PtNDArray logSoftmax = onlyChunk == null ? logSoftmax(rows) : onlyChunk;
    PtNDArray gradient = JniUtils.exp(logSoftmax);
    JniUtils.negi(gradient);
    PtNDArray shifts = Torch.floats(thread.manager(), shift, count, 1);
    if (anyEntropy) {
      PtNDArray entropyGradient = Torch.floats(thread.manager(), entropy, count, 1);
      JniUtils.muli(logSoftmax, entropyGradient);
      JniUtils.addi(logSoftmax, shifts);
      JniUtils.muli(gradient, logSoftmax);
    } else {
      JniUtils.muli(gradient, shifts);
    }
    PtNDArray columns = targets(from, to, count);
    PtNDArray atTarget =
        JniUtils.gather(gradient, JniUtils.reshape(columns, new long[] {count, 1}), 1);
    JniUtils.addi(atTarget, Torch.floats(thread.manager(), logProb, count, 1));
    long[] each = new long[count];
    Arrays.setAll(each, i -> i);
    NDIndex places = new NDIndex("{}, {}", Torch.longs(thread.manager(), each, count), columns);
    JniUtils.indexAdvPut(gradient, places, JniUtils.reshape(atTarget, new long[] {count}));
    return gradient;
  }

  @Override
  public void close() {
    hidden.close();
    if (onlyChunk != null) {
      onlyChunk.close();
    }
  }
}
