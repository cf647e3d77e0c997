package dev.hone.policy.nativecpu;

import static dev.hone.policy.nativecpu.NativeArrays.accumulate;
import static dev.hone.policy.nativecpu.NativeArrays.target;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.MemoryPart;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.ShapeChecks;
import dev.hone.policy.tensor.TokenLogProbs;

/**
 * The fused head. It holds logits for a chunk of rows at a time; where all rows are one chunk, the
 * backward pass finds them still there, else it computes them again.
 */
final class NativeHead {

  /** Numbers that the logits of one chunk may hold: 32 MB. */
  private static final int CHUNK = 8 << 20;

  private final NativeOps ops;

  NativeHead(NativeOps ops) {
    this.ops = ops;
  }

  TokenLogProbs tokenLogProbs(
      NativeTensor hidden, NativeTensor head, int[] targets, double temperature) {
    int rows = check(hidden, targets, head.shape().dim(0), temperature);
    int width = head.shape().dim(1);
    int vocabulary = head.shape().dim(0);
    ShapeChecks.match("tokenLogProbs", hidden.shape().dim(1) == width, hidden, head);
    int chunk = Math.max(1, CHUNK / vocabulary);
    boolean traced = ops.traced(hidden, head);
    boolean keep = traced && rows <= chunk;
    NativeTensor logProbs = ops.result(new Shape(rows), traced);
    NativeTensor entropies = ops.result(new Shape(rows), traced);
    Storage logSums = traced ? ops.temporary(rows) : null;
    Storage scratch = ops.temporary((long) Math.min(rows, chunk) * vocabulary, MemoryPart.HEAD);
    Storage targetRows = ops.temporary(targets);
    PackedForm form = PackedForm.whole(1, vocabulary, width, ops.weights());
    long[] packed = new long[1];
    Storage own = ops.packed(head, form, packed);
    Kernels.tokenLogProbs(
        ops.context(),
        logProbs.address(),
        entropies.address(),
        traced ? logSums.address() : 0,
        scratch.address(),
        hidden.address(),
        packed[0],
        targetRows.address(),
        rows,
        width,
        vocabulary,
        (float) temperature,
        chunk,
        ops.weights());
    if (traced) {
      Runnable backward =
          () -> {
            Storage logits =
                keep ? scratch.retain() : ops.temporary((long) chunk * vocabulary, MemoryPart.HEAD);
            Storage zeros = null;
            long dLogProbs = logProbs.gradient().address();
            if (!logProbs.gradient().filled()) {
              zeros = ops.temporary(rows);
              Kernels.zero(ops.context(), zeros.address(), rows);
              dLogProbs = zeros.address();
            }
            Kernels.tokenLogProbsBackward(
                ops.context(),
                target(hidden),
                target(head),
                logits.address(),
                dLogProbs,
                entropies.gradient().filled() ? entropies.gradient().address() : 0,
                logSums.address(),
                entropies.heldAddress(),
                hidden.heldAddress(),
                head.heldAddress(),
                packed[0],
                targetRows.address(),
                rows,
                width,
                vocabulary,
                (float) temperature,
                chunk,
                ops.weights(),
                keep,
                accumulate(hidden),
                accumulate(head));
            logits.release();
            if (zeros != null) {
              zeros.release();
            }
          };
      Storage[] kept = {
        hidden.storage(),
        head.storage(),
        entropies.storage(),
        logSums,
        targetRows,
        keep ? scratch : null,
        own
      };
      ops.record(new Gradient[] {logProbs.gradient(), entropies.gradient()}, backward, kept);
      logSums.release();
    }
    scratch.release();
    targetRows.release();
    if (own != null) {
      own.release();
    }
    return new TokenLogProbs(logProbs, entropies);
  }

  TokenLogProbs logProbs(NativeTensor logits, int[] targets, double temperature) {
    int vocabulary = logits.shape().dim(-1);
    int rows = check(logits, targets, vocabulary, temperature);
    NativeTensor logProbs = ops.result(new Shape(rows), false);
    NativeTensor entropies = ops.result(new Shape(rows), false);
    Storage targetRows = ops.temporary(targets);
    Kernels.logProbs(
        ops.context(),
        logProbs.address(),
        entropies.address(),
        logits.address(),
        targetRows.address(),
        rows,
        vocabulary,
        (float) temperature);
    targetRows.release();
    return new TokenLogProbs(logProbs, entropies);
  }

  int[] sample(NativeTensor logits, int[] rows, double[] uniforms, double temperature) {
    ShapeChecks.rank("sample", logits, 2);
    ShapeChecks.indices("sample", rows, logits.shape().dim(0));
    int[] tokens = new int[rows.length];
    Storage numbers = ops.temporary(2L * uniforms.length);
    ops.memory().putDoubles(numbers.address(), uniforms);
    Storage places = ops.temporary(rows);
    Storage drawn = ops.temporary(rows.length);
    Kernels.sample(
        ops.context(),
        drawn.address(),
        logits.address(),
        places.address(),
        numbers.address(),
        rows.length,
        logits.shape().dim(1),
        (float) temperature);
    ops.memory().getInts(tokens, drawn.address());
    numbers.release();
    places.release();
    drawn.release();
    for (int token : tokens) {
      if (token < 0) {
        throw new ArithmeticException(
            "The model's logits are not finite: its weights hold NaN or infinity, or overflowed");
      }
    }
    return tokens;
  }

  private static int check(NativeTensor states, int[] targets, int vocabulary, double temperature) {
    ShapeChecks.rank("tokenLogProbs", states, 2);
    ShapeChecks.size("tokenLogProbs targets", new Shape(states.shape().dim(0)), targets.length);
    ShapeChecks.indices("tokenLogProbs", targets, vocabulary);
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature must be above 0, found " + temperature);
    }
    return targets.length;
  }
}
