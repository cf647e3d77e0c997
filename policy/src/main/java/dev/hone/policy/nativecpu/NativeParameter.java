package dev.hone.policy.nativecpu;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/**
 * A weight: its values row-major, and beside them, made when first needed and again after every
 * change, the layouts that products read.
 */
final class NativeParameter implements Parameter {

  private final NativeOps ops;
  private final String name;
  private final boolean trainable;
  private final NativeTensor value;
  private final Storage storage;
  private final Map<PackedForm, Packed> forms = new HashMap<>();
  private long version;
  private boolean closed;

  /** A layout and the version of the values that it holds. */
  private static final class Packed {
    private final Storage storage;
    private long version = -1;

    Packed(Storage storage) {
      this.storage = storage;
    }
  }

  NativeParameter(NativeOps ops, String name, float[] values, boolean trainable, Shape shape) {
    this.ops = ops;
    this.name = name;
    this.trainable = trainable;
    this.storage = Storage.lasting(ops.memory(), shape.size() * Float.BYTES);
    Gradient gradient = trainable ? new Gradient(ops.memory(), shape.size()) : null;
    this.value = new NativeTensor(storage, shape, DType.FLOAT32, gradient, this);
    Kernels.putFloats(storage.address(), values, 0, values.length);
  }

  static NativeParameter of(Parameter parameter) {
    if (parameter instanceof NativeParameter mine) {
      return mine;
    }
    throw new IllegalArgumentException("The parameter belongs to another backend");
  }

  /** The address of the values as products read them. */
  synchronized long packed(PackedForm form) {
    Packed packed =
        forms.computeIfAbsent(
            form,
            key -> {
              long size = Kernels.packedSize(key.matrices(), key.out(), key.in());
              return new Packed(Storage.lasting(ops.memory(), size * Float.BYTES));
            });
    if (packed.version != version) {
      Kernels.pack(
          ops.context(),
          packed.storage.address(),
          storage.address() + form.offset() * Float.BYTES,
          form.matrices(),
          form.stride(),
          form.out(),
          form.in());
      packed.version = version;
    }
    return packed.storage.address();
  }

  /** The values have been changed in place. */
  synchronized void changed() {
    version++;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Tensor value() {
    return value;
  }

  @Override
  public boolean trainable() {
    return trainable;
  }

  @Override
  public Tensor gradient() {
    if (!trainable) {
      throw new IllegalStateException("Parameter " + name + " is not trainable: no gradient");
    }
    return ops.copyOf(value.gradient(), value.shape());
  }

  @Override
  public void zeroGradient() {
    if (trainable) {
      value.gradient().empty();
    }
  }

  @Override
  public void assign(float[] values) {
    if (values.length != value.shape().size()) {
      throw new IllegalArgumentException(
          "Parameter %s %s cannot take %d values".formatted(name, value.shape(), values.length));
    }
    Kernels.putFloats(storage.address(), values, 0, values.length);
    changed();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    storage.free();
    forms.values().forEach(packed -> packed.storage.free());
    forms.clear();
    if (trainable) {
      value.gradient().release();
    }
  }

  @Override
  public String toString() {
    return name + " " + value.shape();
  }
}
