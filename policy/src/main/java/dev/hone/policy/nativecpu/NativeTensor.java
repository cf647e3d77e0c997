package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.AbstractTensor;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.Tensor;

/** A dense array in native memory, which tensors of other shapes may share. */
final class NativeTensor extends AbstractTensor {

  private final Storage storage;
  private final Gradient gradient;
  private final NativeParameter parameter;
  private boolean closed;

  /**
   * @param gradient null where none is asked for
   */
  NativeTensor(Storage storage, Shape shape, DType dtype, Gradient gradient) {
    this(storage, shape, dtype, gradient, null);
  }

  private NativeTensor(
      Storage storage, Shape shape, DType dtype, Gradient gradient, NativeParameter parameter) {
    super(shape, dtype);
    this.storage = storage;
    this.gradient = gradient;
    this.parameter = parameter;
  }

  /** The value of a parameter, which holds the memory itself. */
  static NativeTensor ofParameter(NativeParameter parameter, Shape shape, Gradient gradient) {
    return new NativeTensor(null, shape, DType.FLOAT32, gradient, parameter);
  }

  static NativeTensor of(Tensor tensor) {
    return require(NativeTensor.class, tensor);
  }

  /** The same numbers in another shape. */
  NativeTensor view(Shape other) {
    if (parameter != null) {
      return ofParameter(parameter, other, gradient);
    }
    address();
    return new NativeTensor(storage.retain(), other, dtype(), gradient);
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
  protected void read(float[] values) {
    if (parameter != null) {
      parameter.read(values);
    } else {
      storage.memory().getFloats(values, address());
    }
  }

  @Override
  protected void read(int[] values) {
    storage.memory().getInts(values, address());
  }

  @Override
  public void close() {
    if (!closed && parameter == null) {
      closed = true;
      storage.release();
    }
  }
}
