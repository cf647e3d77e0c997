package dev.hone.policy.djl;

import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.hone.policy.tensor.AbstractPacking;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.GradientTape;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.ShapeChecks;
import dev.hone.policy.tensor.Tensor;
import java.util.function.Function;

/** Making, reshaping and releasing PyTorch arrays: the part of the operations below any layer. */
abstract class DjlArrays implements Ops {

  final int threads;

  DjlArrays(int threads) {
    this.threads = threads;
  }

  final Tensor compute(Shape shape, Function<TorchThread, PtNDArray> operation) {
    TorchThread thread = TorchThread.enter(threads);
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      PtNDArray result = Torch.retain(operation.apply(thread));
      return thread.scopes().own(new DjlTensor(result, shape, DType.FLOAT32));
    }
  }

  static PtNDArray array(Tensor tensor) {
    return DjlTensor.array(tensor);
  }

  // ---- data and lifetimes

  @Override
  public Tensor floats(float[] values, int... shape) {
    Shape dims = new Shape(shape);
    ShapeChecks.size("floats", dims, values.length);
    return compute(dims, thread -> Torch.floats(thread.manager(), values, Torch.extents(dims)));
  }

  @Override
  public Tensor ints(int[] values, int... shape) {
    Shape dims = new Shape(shape);
    ShapeChecks.size("ints", dims, values.length);
    TorchThread thread = TorchThread.enter(threads);
    PtNDArray array = Torch.ints(thread.manager(), values, Torch.extents(dims));
    return thread.scopes().own(new DjlTensor(array, dims, DType.INT32));
  }

  @Override
  public Parameter parameter(String name, float[] values, boolean trainable, int... shape) {
    Shape dims = new Shape(shape);
    ShapeChecks.size("parameter " + name, dims, values.length);
    TorchThread thread = TorchThread.enter(threads);
    return new DjlParameter(thread.manager(), threads, name, values, trainable, dims);
  }

  @Override
  public Scope scope() {
    return TorchThread.enter(threads).scopes().open();
  }

  @Override
  public GradientTape tape() {
    return new DjlTape(TorchThread.enter(threads));
  }

  @Override
  public Packing pack(int[] lengths) {
    return new DjlPacking(TorchThread.enter(threads).manager(), lengths, null, null);
  }

  @Override
  public Packing pack(int[] lengths, KvCache cache, int[] slots) {
    if (!(cache instanceof DjlKvCache mine)) {
      throw new IllegalArgumentException("The cache belongs to another backend");
    }
    AbstractPacking.requireSlots(lengths, slots);
    TorchThread thread = TorchThread.enter(threads);
    try (NDScope temporaries = new NDScope()) {
      temporaries.suppressNotUsedWarning();
      for (int s = 0; s < slots.length; s++) {
        mine.reserve(slots[s], lengths[s]);
      }
    }
    return new DjlPacking(thread.manager(), lengths, mine, slots);
  }

  @Override
  public KvCache cache(KvCache.Spec spec) {
    return new DjlKvCache(TorchThread.enter(threads).manager(), spec);
  }

  // ---- shape and sums

  @Override
  public Tensor reshape(Tensor x, int... shape) {
    Shape dims = new Shape(shape);
    ShapeChecks.size("reshape", dims, x.shape().size());
    return compute(dims, thread -> JniUtils.reshape(array(x), Torch.extents(dims)));
  }

  @Override
  public Tensor slice(Tensor x, int from, int to) {
    if (from < 0 || to < from || to > x.shape().dim(-1)) {
      throw new IllegalArgumentException(
          "slice: columns [%d, %d) of %s".formatted(from, to, x.shape()));
    }
    return compute(
        x.shape().withLast(to - from),
        thread -> Torch.columns(array(x), x.shape().rank(), from, to));
  }

  @Override
  public Tensor concat(Tensor a, Tensor b) {
    int width = a.shape().dim(-1) + b.shape().dim(-1);
    Shape shape = a.shape().withLast(width);
    ShapeChecks.match("concat", shape.equals(b.shape().withLast(width)), a, b);
    return compute(
        shape, thread -> JniUtils.cat(new PtNDArray[] {array(a), array(b)}, a.shape().rank() - 1L));
  }

  @Override
  public Tensor gatherRows(Tensor x, int[] rows) {
    Shape shape = x.shape().withFirst(rows.length);
    int width = Math.toIntExact(x.shape().size() / Math.max(1, x.shape().dim(0)));
    ShapeChecks.indices("gatherRows", rows, x.shape().dim(0));
    return compute(
        shape,
        thread -> {
          PtNDArray index = Torch.ints(thread.manager(), rows, rows.length);
          PtNDArray table = JniUtils.reshape(array(x), new long[] {x.shape().dim(0), width});
          return JniUtils.reshape(Torch.gather(table, index), Torch.extents(shape));
        });
  }

  @Override
  public Tensor add(Tensor x, Tensor y) {
    ShapeChecks.match("add", x.shape().equals(y.shape()), x, y);
    return compute(x.shape(), thread -> JniUtils.add(array(x), array(y)));
  }

  /** The engine serves the whole process and stays. */
  @Override
  public void close() {}
}
