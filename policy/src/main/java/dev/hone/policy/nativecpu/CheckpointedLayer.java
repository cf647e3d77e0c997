package dev.hone.policy.nativecpu;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * A layer of which the tape keeps the input alone (Chen et al., "Training Deep Nets with Sublinear
 * Memory Cost", 2016). The backward pass computes it again, the same bits as before, on a tape of
 * its own.
 */
final class CheckpointedLayer {

  private final NativeArrays ops;
  private final NativeThread thread;
  private final NativeTape tape;
  private final UnaryOperator<Tensor> layer;

  CheckpointedLayer(
      NativeArrays ops, NativeThread thread, NativeTape tape, UnaryOperator<Tensor> layer) {
    this.ops = ops;
    this.thread = thread;
    this.tape = tape;
    this.layer = layer;
  }

  NativeTensor apply(NativeTensor in, NativePacking packing) {
    NativeTensor untraced = untraced(in);
    Shape shape = untraced.shape();
    NativeTensor out =
        thread
            .scopes()
            .own(
                new NativeTensor(
                    untraced.storage().retain(), shape, DType.FLOAT32, ops.gradientOf(shape)));
    untraced.close();
    ops.record(out, () -> backward(in, out.gradient()), in.storage(), packing.storage());
    return out;
  }

  private NativeTensor untraced(NativeTensor in) {
    thread.stop(tape);
    try (Scope scope = ops.scope()) {
      return NativeTensor.of(scope.keep(layer.apply(in)));
    } finally {
      thread.start(tape);
    }
  }

  /** From the gradient of the layer's output to those of its parameters and its input. */
  private void backward(NativeTensor in, Gradient output) {
    Gradient gradient = ops.gradientOf(in.shape());
    NativeTensor again =
        new NativeTensor(in.storage().retain(), in.shape(), DType.FLOAT32, gradient);
    thread.stop(tape);
    try (Scope scope = ops.scope();
        NativeTape own = new NativeTape(thread)) {
      NativeTensor result = NativeTensor.of(layer.apply(again));
      copy(output, result.gradient());
      own.pull();
    } finally {
      thread.start(tape);
    }
    if (in.gradient() != null && gradient.filled()) {
      copy(gradient, in.gradient());
    }
    gradient.release();
    again.close();
  }

  private void copy(Gradient from, Gradient to) {
    boolean accumulate = to.accumulate();
    Kernels.copy(ops.context(), to.address(), from.address(), from.numbers(), accumulate);
  }
}
