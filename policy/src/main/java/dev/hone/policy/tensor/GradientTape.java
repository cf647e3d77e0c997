package dev.hone.policy.tensor;

import java.util.List;

/**
 * Records the operations of this thread from its opening on, and pulls gradients back through them
 * once. How gradients come about is the backend's: an engine's trace, or one closure an operation.
 */
public interface GradientTape extends AutoCloseable {

  /**
   * A tensor and the gradient of the objective with respect to it, of the same number of elements,
   * row-major.
   */
  record Root(Tensor output, float[] gradient) {}

  /**
   * The vector-Jacobian product: for every trainable {@link Parameter} used since the tape was
   * opened, adds sum over roots of {@code root.gradient * d root.output / d parameter} to its
   * gradient. May be called once.
   */
  void backward(List<Root> roots);

  /** Ends the recording and frees what was kept for the backward pass. */
  @Override
  void close();
}
