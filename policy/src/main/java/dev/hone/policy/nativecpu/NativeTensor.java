package dev.hone.policy.nativecpu;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.Tensor;

/** A dense array in native memory, which tensors of other shapes may share. */
final class NativeTensor implements Tensor {

  private final Storage storage;
  private final Shape shape;
  private final DType dtype;
  private final Gradient gradient;
  private final NativeParameter parameter;
  private boolean closed;

  /** The scope that releases it, or null. */
  NativeScope owner;

  /**
   * @param gradient null where none is asked for
   * @param parameter whose value this is, or null
   */
  NativeTensor(
      Storage storage, Shape shape, DType dtype, Gradient gradient, NativeParameter parameter) {
    this.storage = storage;
    this.shape = shape;
    this.dtype = dtype;
    this.gradient = gradient;
    this.parameter = parameter;
  }

  static NativeTensor of(Tensor tensor) {
    if (tensor instanceof NativeTensor mine) {
      return mine;
    }
    throw new IllegalArgumentException(
        "The tensor belongs to another backend: "
            + (tensor == null ? "null" : tensor.getClass().getSimpleName()));
  }

  /** The address of the first number. */
  long address() {
    if (closed) {
      throw new IllegalStateException("The tensor " + this + " is closed");
    }
    return storage.address();
  }

  Storage storage() {
    return storage;
  }

  /** Where its gradient gathers, or null. */
  Gradient gradient() {
    return gradient;
  }

  /** The parameter that it is the value of, or null. */
  NativeParameter parameter() {
    return parameter;
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
    Kernels.getFloats(values, address(), 0, values.length);
    return values;
  }

  @Override
  public int[] toInts() {
    if (dtype != DType.INT32) {
      throw new IllegalStateException("toInts reads INT32 tensors, this one is " + dtype);
    }
    int[] values = new int[Math.toIntExact(shape.size())];
    Kernels.getInts(values, address(), 0, values.length);
    return values;
  }

  @Override
  public void close() {
    if (!closed && parameter == null) {
      closed = true;
      storage.release();
    }
  }

  @Override
  public String toString() {
    return dtype + " " + shape;
  }
}
