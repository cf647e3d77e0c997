package dev.hone.policy.djl;

import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.Tensor;

/** An engine array with its shape at hand, so that no check has to ask the engine. */
class DjlTensor implements Tensor {

  private final PtNDArray array;
  private final Shape shape;
  private final DType dtype;

  /** The scope that releases it, or null. */
  DjlScope owner;

  DjlTensor(PtNDArray array, Shape shape, DType dtype) {
    this.array = array;
    this.shape = shape;
    this.dtype = dtype;
  }

  static DjlTensor of(Tensor tensor) {
    if (tensor instanceof DjlTensor mine) {
      return mine;
    }
    throw new IllegalArgumentException(
        "The tensor belongs to another backend: "
            + (tensor == null ? "null" : tensor.getClass().getSimpleName()));
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
  public Shape shape() {
    return shape;
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public float[] toFloats() {
    if (dtype == DType.INT32) {
      int[] ints = toInts();
      float[] converted = new float[ints.length];
      for (int i = 0; i < ints.length; i++) {
        converted[i] = ints[i];
      }
      return converted;
    }
    float[] values = new float[Math.toIntExact(shape.size())];
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      Torch.bytes(array).asFloatBuffer().get(values);
    }
    return values;
  }

  @Override
  public int[] toInts() {
    if (dtype != DType.INT32) {
      throw new IllegalStateException("toInts reads INT32 tensors, this one is " + dtype);
    }
    int[] values = new int[Math.toIntExact(shape.size())];
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      Torch.bytes(array).asIntBuffer().get(values);
    }
    return values;
  }

  @Override
  public void close() {
    array.close();
  }

  @Override
  public String toString() {
    return dtype + " " + shape;
  }
}
