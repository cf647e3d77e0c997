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
   */
  NativeTensor(Storage storage, Shape shape, DType dtype, Gradient gradient) {
    this(storage, shape, dtype, gradient, null);
  }

  private NativeTensor(
      Storage storage, Shape shape, DType dtype, Gradient gradient, NativeParameter parameter) {
    this.storage = storage;
    this.shape = shape;
    this.dtype = dtype;
    this.gradient = gradient;
    this.parameter = parameter;
  }

  /** The value of a parameter, which holds the memory itself. */
  static NativeTensor ofParameter(NativeParameter parameter, Shape shape, Gradient gradient) {
    return new NativeTensor(null, shape, DType.FLOAT32, gradient, parameter);
  }

  static NativeTensor of(Tensor tensor) {
    if (tensor instanceof NativeTensor mine) {
      return mine;
    }
    throw new IllegalArgumentException(
        "The tensor belongs to another backend: "
            + (tensor == null ? "null" : tensor.getClass().getSimpleName()));
  }

  /** The same numbers in another shape. */
  NativeTensor view(Shape other) {
    if (parameter != null) {
      return ofParameter(parameter, other, gradient);
    }
    address();
    return new NativeTensor(storage.retain(), other, dtype, gradient);
  }

  /** The address of the first number. */
  long address() {
    if (closed) {
      throw new IllegalStateException("The tensor " + this + " is closed");
    }
    return heldAddress();
  }

  /** As {@link #address}, of a tensor that may be closed by now but that the tape holds. */
  long heldAddress() {
    return parameter == null ? storage.address() : parameter.address();
  }

  /** What the tape is to hold for {@link #heldAddress}; null for a parameter's value. */
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
    if (parameter != null) {
      return parameter.toFloats();
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
