package dev.hone.policy.nativecpu;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.AbstractParameter;
import dev.hone.policy.tensor.MemoryPart;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/**
 * A weight: its values row-major, and beside them, made when first needed and again after every
 * change, the layouts that products read. A constant that only products read, as most are in
 * sampling, keeps that layout alone.
 */
final class NativeParameter extends AbstractParameter {

  private final NativeOps ops;
  private final NativeTensor value;

  /**
   * What its rows gather as an embedding, apart from what products add to the gradient. Where one
   * matrix is both, either sum then has one order over all passes of a step, and the two are added
   * once: a batch gives the same bits however it is cut.
   */
  private final Gradient rowGradient;

  private final long bytes;
  private final Map<PackedForm, Packed> forms = new HashMap<>();

  /** The row-major values; 0 while one of the layouts holds them alone. */
  private long plain;

  private boolean plainIsRead;

  /** Whether bf16 holds the values without rounding. */
  private boolean exact;

  private long version;
  private boolean closed;

  /** A layout and the version of the values that it holds. */
  private static final class Packed {
    private final long address;
    private final long bytes;
    private long version = -1;

    Packed(long address, long bytes) {
      this.address = address;
      this.bytes = bytes;
    }
  }

  NativeParameter(NativeOps ops, String name, float[] values, boolean trainable, Shape shape) {
    this(ops, name, trainable, shape);
    ops.memory().putFloats(plain, values);
    this.exact = isExact(values);
  }

  /** All zeros. */
  NativeParameter(NativeOps ops, String name, boolean trainable, Shape shape) {
    super(name, trainable);
    this.ops = ops;
    this.bytes = shape.size() * Float.BYTES;
    Gradient gradient =
        trainable ? new Gradient(ops.memory(), shape.size(), MemoryPart.GRADIENTS) : null;
    this.value = NativeTensor.ofParameter(this, shape, gradient);
    this.rowGradient =
        trainable ? new Gradient(ops.memory(), shape.size(), MemoryPart.GRADIENTS) : null;
    this.plain = ops.memory().allocate(bytes, MemoryPart.WEIGHTS);
    Kernels.zero(ops.context(), plain, shape.size());
  }

  private static boolean isExact(float[] values) {
    for (float value : values) {
      boolean subnormal = value != 0 && Math.abs(value) < Float.MIN_NORMAL; // packed as zero
      if ((Float.floatToRawIntBits(value) & 0xFFFF) != 0 || subnormal) {
        return false;
      }
    }
    return true;
  }

  static NativeParameter of(Parameter parameter) {
    if (parameter instanceof NativeParameter mine) {
      return mine;
    }
    throw new IllegalArgumentException("The parameter belongs to another backend");
  }

  /** The address of the row-major values, which from now on stay there. */
  synchronized long address() {
    requireOpen();
    plainIsRead = true;
    return plainAddress();
  }

  private long plainAddress() {
    if (plain == 0) {
      plain = ops.memory().allocate(bytes, MemoryPart.WEIGHTS);
      unpackTo(plain);
    }
    return plain;
  }

  private void unpackTo(long address) {
    Map.Entry<PackedForm, Packed> only = forms.entrySet().iterator().next();
    PackedForm form = only.getKey();
    Kernels.unpack(
        ops.context(),
        address,
        only.getValue().address,
        form.matrices(),
        form.out(),
        form.in(),
        form.dtype());
  }

  /** The address of the values as products read them. */
  synchronized long packed(PackedForm form) {
    requireOpen();
    Packed packed =
        forms.computeIfAbsent(
            form,
            key -> new Packed(ops.memory().allocate(key.bytes(), MemoryPart.WEIGHTS), key.bytes()));
    if (packed.version != version) {
      Kernels.pack(
          ops.context(),
          packed.address,
          plainAddress() + form.offset() * Float.BYTES,
          form.matrices(),
          form.stride(),
          form.out(),
          form.in(),
          form.dtype());
      packed.version = version;
      boolean whole = form.isWhole(bytes / Float.BYTES) && (form.dtype() == Kernels.FP32 || exact);
      if (!trainable() && !plainIsRead && whole && forms.size() == 1) {
        ops.memory().release(plain, bytes, MemoryPart.WEIGHTS);
        plain = 0;
      }
    }
    return packed.address;
  }

  /** Copies the row-major values out. */
  synchronized void read(float[] values) {
    requireOpen();
    if (plain != 0) {
      ops.memory().getFloats(values, plain);
      return;
    }
    long copy = ops.memory().allocate(bytes, MemoryPart.WEIGHTS);
    unpackTo(copy);
    ops.memory().getFloats(values, copy);
    ops.memory().release(copy, bytes, MemoryPart.WEIGHTS);
  }

  /** Where rows that are gathered from it add to; null if it is not trainable. */
  Gradient rowGradient() {
    return rowGradient;
  }

  /** The gradient with all that was added to it; null if it is not trainable. */
  Gradient wholeGradient() {
    Gradient products = value.gradient();
    if (products == null || !rowGradient.filled()) {
      return products;
    }
    if (!products.filled()) {
      return rowGradient;
    }
    Kernels.copy(
        ops.context(), products.address(), rowGradient.address(), products.numbers(), true);
    rowGradient.empty();
    return products;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("The parameter " + name() + " is closed");
    }
  }

  /** The values have been changed in place. */
  synchronized void changed() {
    version++;
  }

  @Override
  public Tensor value() {
    return value;
  }

  @Override
  protected Tensor accumulated() {
    return ops.copyOf(wholeGradient(), value.shape());
  }

  @Override
  public void zeroGradient() {
    if (trainable()) {
      value.gradient().empty();
      rowGradient.empty();
    }
  }

  @Override
  protected synchronized void replace(float[] values) {
    requireOpen();
    if (plain == 0) {
      plain = ops.memory().allocate(bytes, MemoryPart.WEIGHTS);
    }
    ops.memory().putFloats(plain, values);
    exact = isExact(values);
    changed();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (plain != 0) {
      ops.memory().release(plain, bytes, MemoryPart.WEIGHTS);
    }
    forms
        .values()
        .forEach(packed -> ops.memory().release(packed.address, packed.bytes, MemoryPart.WEIGHTS));
    forms.clear();
    if (trainable()) {
      value.gradient().release();
      rowGradient.release();
    }
  }
}
