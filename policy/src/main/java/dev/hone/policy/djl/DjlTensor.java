package dev.hone.policy.djl;

import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import dev.hone.policy.tensor.AbstractTensor;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.Tensor;

/** An engine array; its shape is at hand, so that no check has to ask the engine. */
class DjlTensor extends AbstractTensor {

  private final PtNDArray array;

  DjlTensor(PtNDArray array, Shape shape, DType dtype) {
    super(shape, dtype);
    this.array = array;
  }

  static DjlTensor of(Tensor tensor) {
    return require(DjlTensor.class, tensor);
  }

  static PtNDArray array(Tensor tensor) {
    return of(tensor).array;
  }

  PtNDArray array() {
    return array;
  }

  /**
   * Whether gradients may have to flow into it. The engine cannot be asked: through DJL it answers
   * for leaves only.
   */
  boolean mayBeTraced() {
    return true;
  }

  /** Whether it is a trainable parameter itself, with no history. */
  boolean isLeaf() {
    return false;
  }

  @Override
  protected void read(float[] values) {
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      Torch.bytes(array).asFloatBuffer().get(values);
    }
  }

  @Override
  protected void read(int[] values) {
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      Torch.bytes(array).asIntBuffer().get(values);
    }
  }

  @Override
  public void close() {
    array.close();
  }
}
