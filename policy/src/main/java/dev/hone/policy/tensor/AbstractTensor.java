package dev.hone.policy.tensor;

/** What the tensors of all backends share: their shape at hand, and the scope that owns them. */
public abstract class AbstractTensor implements Tensor {

  private final Shape shape;
  private final DType dtype;

  /** The scope that releases it, or null. */
  Scope owner;

  protected AbstractTensor(Shape shape, DType dtype) {
    this.shape = shape;
    this.dtype = dtype;
  }

  /**
   * {@code tensor} as the {@code own} class of a backend.
   *
   * @throws IllegalArgumentException where another backend made it
   */
  protected static <T extends Tensor> T require(Class<T> own, Tensor tensor) {
    if (own.isInstance(tensor)) {
      return own.cast(tensor);
    }
    throw new IllegalArgumentException(
        "The tensor belongs to another backend: "
            + (tensor == null ? "null" : tensor.getClass().getSimpleName()));
  }

  /** Fills {@code values}, of as many elements as the tensor, which is not of integers. */
  protected abstract void read(float[] values);

  /** Fills {@code values}, of as many elements as the tensor, which is of integers. */
  protected abstract void read(int[] values);

  @Override
  public final Shape shape() {
    return shape;
  }

  @Override
  public final DType dtype() {
    return dtype;
  }

  @Override
  public final float[] toFloats() {
    float[] values = new float[Math.toIntExact(shape.size())];
    if (dtype == DType.INT32) {
      int[] ints = toInts();
      for (int i = 0; i < ints.length; i++) {
        values[i] = ints[i];
      }
    } else {
      read(values);
    }
    return values;
  }

  @Override
  public final int[] toInts() {
    if (dtype != DType.INT32) {
      throw new IllegalStateException("toInts reads INT32 tensors, this one is " + dtype);
    }
    int[] values = new int[Math.toIntExact(shape.size())];
    read(values);
    return values;
  }

  @Override
  public final String toString() {
    return dtype + " " + shape;
  }
}
