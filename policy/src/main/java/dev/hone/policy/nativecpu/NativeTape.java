package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.GradientTape;
import java.util.ArrayList;
import java.util.List;

/**
 * One closure an operation: given the gradients of its outputs, it adds to those of its inputs.
 * They run in the reverse of the order in which they were recorded, each once, so every gradient is
 * a sum in a fixed order.
 */
final class NativeTape implements GradientTape {

  /** An operation to go back through, and the memory it needs for that. */
  private record Step(Gradient[] outputs, Runnable backward, Storage[] kept) {

    boolean asked() {
      for (Gradient output : outputs) {
        if (output.filled()) {
          return true;
        }
      }
      return false;
    }

    void release() {
      for (Gradient output : outputs) {
        output.release();
      }
      for (Storage storage : kept) {
        if (storage != null) {
          storage.release();
        }
      }
    }
  }

  private final NativeThread thread;
  private final List<Step> steps = new ArrayList<>();
  private boolean spent;

  NativeTape(NativeThread thread) {
    this.thread = thread;
    thread.start(this);
  }

  /** Records an operation; holds {@code kept}, nulls aside, until it has been gone back through. */
  void record(Gradient[] outputs, Runnable backward, Storage... kept) {
    for (Storage storage : kept) {
      if (storage != null) {
        storage.retain();
      }
    }
    steps.add(new Step(outputs, backward, kept));
  }

  @Override
  public void backward(List<Root> roots) {
    if (spent) {
      throw new IllegalStateException("backward may be called once a tape");
    }
    spent = true;
    for (Root root : roots) {
      NativeTensor output = NativeTensor.of(root.output());
      if (output.shape().size() != root.gradient().length) {
        throw new IllegalArgumentException(
            "backward: shape %s holds %d elements, found %d"
                .formatted(output.shape(), output.shape().size(), root.gradient().length));
      }
      if (output.gradient() != null) {
        seed(output.gradient(), root.gradient());
      }
    }
    pull();
  }

  /** Goes back through all that was recorded, from the gradients that outputs now hold. */
  void pull() {
    while (!steps.isEmpty()) {
      Step step = steps.get(steps.size() - 1);
      if (step.asked()) {
        step.backward().run();
      }
      steps.remove(steps.size() - 1).release();
    }
  }

  private static void seed(Gradient gradient, float[] values) {
    if (!gradient.accumulate()) {
      gradient.memory().putFloats(gradient.address(), values);
      return;
    }
    float[] sums = new float[values.length];
    gradient.memory().getFloats(sums, gradient.address());
    for (int i = 0; i < sums.length; i++) {
      sums[i] += values[i];
    }
    gradient.memory().putFloats(gradient.address(), sums);
  }

  @Override
  public void close() {
    thread.stop(this);
    steps.forEach(Step::release);
    steps.clear();
  }
}
