package dev.hone.policy.djl;

import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.GradientTape;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.Tensor;
import java.util.Arrays;
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
      return thread.own(new DjlTensor(result, shape, DType.FLOAT32));
    }
  }

  static PtNDArray array(Tensor tensor) {
    return DjlTensor.array(tensor);
  }

  // ---- data and lifetimes

  @Override
  public Tensor floats(float[] values, int... shape) {
    Shape dims = new Shape(shape);
    Dims.size("floats", dims, values.length);
    return compute(dims, thread -> Torch.floats(thread.manager(), values, Dims.of(dims)));
  }

  @Override
  public Tensor ints(int[] values, int... shape) {
    Shape dims = new Shape(shape);
    Dims.size("ints", dims, values.length);
    TorchThread thread = TorchThread.enter(threads);
    PtNDArray array = Torch.ints(thread.manager(), values, Dims.of(dims));
    return thread.own(new DjlTensor(array, dims, DType.INT32));
  }

  @Override
  public Parameter parameter(String name, float[] values, boolean trainable, int... shape) {
    Shape dims = new Shape(shape);
    Dims.size("parameter " + name, dims, values.length);
    TorchThread thread = TorchThread.enter(threads);
    return new DjlParameter(thread.manager(), threads, name, values, trainable, dims);
  }

  @Override
  public Scope scope() {
    return TorchThread.enter(threads).openScope();
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
    if (lengths.length != slots.length || Arrays.stream(slots).distinct().count() != slots.length) {
      throw new IllegalArgumentException(
          "pack: every sequence needs a slot of its own, found lengths %s and slots %s"
              .formatted(Arrays.toString(lengths), Arrays.toString(slots)));
    }
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
    Dims.size("reshape of " + x.shape(), dims, x.shape().size());
    return compute(dims, thread -> JniUtils.reshape(array(x), Dims.of(dims)));
  }

  @Override
  public Tensor slice(Tensor x, int from, int to) {
    if (from < 0 || to < from || to > x.shape().dim(-1)) {
      throw new IllegalArgumentException(
          "slice: columns [%d, %d) of %s".formatted(from, to, x.shape()));
    }
    return compute(
        Dims.withLast(x.shape(), to - from),
        thread -> Torch.columns(array(x), x.shape().rank(), from, to));
  }

  @Override
  public Tensor concat(Tensor a, Tensor b) {
    int width = a.shape().dim(-1) + b.shape().dim(-1);
    Shape shape = Dims.withLast(a.shape(), width);
    Dims.match("concat", shape.equals(Dims.withLast(b.shape(), width)), a, b);
    return compute(
        shape, thread -> JniUtils.cat(new PtNDArray[] {array(a), array(b)}, a.shape().rank() - 1L));
  }

  @Override
  public Tensor gatherRows(Tensor x, int[] rows) {
    Shape shape = Dims.withFirst(x.shape(), rows.length);
    int width = Math.toIntExact(x.shape().size() / Math.max(1, x.shape().dim(0)));
    checkIndices("gatherRows", rows, x.shape().dim(0));
    return compute(
        shape,
        thread -> {
          PtNDArray index = Torch.ints(thread.manager(), rows, rows.length);
          PtNDArray table = JniUtils.reshape(array(x), new long[] {x.shape().dim(0), width});
          return JniUtils.reshape(Torch.gather(table, index), Dims.of(shape));
        });
  }

  static void checkIndices(String operation, int[] indices, int limit) {
    for (int index : indices) {
      if (index < 0 || index >= limit) {
        throw new IllegalArgumentException(
            "%s: index %d is not in [0, %d)".formatted(operation, index, limit));
      }
    }
  }

  @Override
  public Tensor add(Tensor x, Tensor y) {
    Dims.match("add", x.shape().equals(y.shape()), x, y);
    return compute(x.shape(), thread -> JniUtils.add(array(x), array(y)));
  }

  /** The engine serves the whole process and stays. */
  @Override
  public void close() {}
}
