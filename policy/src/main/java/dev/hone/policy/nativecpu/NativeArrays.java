package dev.hone.policy.nativecpu;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.AbstractPacking;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.GradientTape;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.MemoryPart;
import dev.hone.policy.tensor.MemoryUse;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Shape;
import dev.hone.policy.tensor.ShapeChecks;
import dev.hone.policy.tensor.Tensor;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Making, reshaping and releasing native arrays: the part of the operations below any layer. */
abstract class NativeArrays implements Ops {

  private final long context;
  private final Memory memory;
  private final ThreadLocal<NativeThread> threads = ThreadLocal.withInitial(NativeThread::new);
  private boolean closed;

  /**
   * @param outline whether nothing is computed, and memory only counted
   */
  NativeArrays(int threads, boolean outline) {
    this.context = outline ? Kernels.OUTLINE : Kernels.open(threads);
    this.memory = new Memory(outline);
  }

  /** The handle of the kernels' team of threads. */
  final long context() {
    return context;
  }

  final Memory memory() {
    return memory;
  }

  @Override
  public final Optional<MemoryUse> memoryUse() {
    return Optional.of(memory.use());
  }

  // ---- results and the tape

  /** Whether an operation on these goes on the tape; any of them may be null. */
  final boolean traced(NativeTensor... inputs) {
    if (threads.get().tape() == null) {
      return false;
    }
    for (NativeTensor input : inputs) {
      if (input != null && input.gradient() != null) {
        return true;
      }
    }
    return false;
  }

  /** A fresh fp32 tensor of this scope, with a gradient if {@code traced}. */
  final NativeTensor result(Shape shape, boolean traced) {
    Gradient gradient = traced ? gradientOf(shape) : null;
    Storage storage = temporary(shape.size());
    return threads.get().scopes().own(new NativeTensor(storage, shape, DType.FLOAT32, gradient));
  }

  /** Where the gradient of a tensor of this shape is to gather. */
  final Gradient gradientOf(Shape shape) {
    return new Gradient(memory, shape.size(), MemoryPart.ACTIVATIONS);
  }

  /** Records how gradients come from {@code output}, with the memory that takes. */
  final void record(NativeTensor output, Runnable backward, Storage... kept) {
    record(new Gradient[] {output.gradient()}, backward, kept);
  }

  final void record(Gradient[] outputs, Runnable backward, Storage... kept) {
    threads.get().tape().record(outputs, backward, kept);
  }

  /**
   * Memory that is released after the current operation, or held by the tape until its backward.
   */
  final Storage temporary(long numbers) {
    return temporary(numbers, MemoryPart.ACTIVATIONS);
  }

  final Storage temporary(long numbers, MemoryPart part) {
    NativeGraph graph = threads.get().graph();
    return new Storage(memory, numbers * Float.BYTES, part, graph == null ? null : graph.memory());
  }

  /** Memory that holds {@code values}. */
  final Storage temporary(int[] values) {
    return uploaded(temporary(values.length, MemoryPart.STAGING), values);
  }

  private Storage uploaded(Storage storage, int[] values) {
    NativeGraph graph = threads.get().graph();
    if (graph != null) {
      graph.upload(storage);
    }
    memory.putInts(storage.address(), values);
    return storage;
  }

  /** What the calling thread has open. */
  final NativeThread thread() {
    return threads.get();
  }

  /** The address where {@code input}'s gradient gathers, or 0 where none does. */
  static long target(NativeTensor input) {
    return input == null || input.gradient() == null ? 0 : input.gradient().address();
  }

  /** Whether {@code input}'s gradient already holds something; from now on it does. */
  static boolean accumulate(NativeTensor input) {
    return input != null && input.gradient() != null && input.gradient().accumulate();
  }

  /** What a gradient holds, as a tensor of this scope. */
  final Tensor copyOf(Gradient gradient, Shape shape) {
    NativeTensor copy = result(shape, false);
    if (gradient.filled()) {
      Kernels.copy(context, copy.address(), gradient.address(), shape.size(), false);
    } else {
      Kernels.zero(context, copy.address(), shape.size());
    }
    return copy;
  }

  // ---- data and lifetimes

  @Override
  public Tensor floats(float[] values, int... shape) {
    Shape dims = new Shape(shape);
    ShapeChecks.size("floats", dims, values.length);
    if (threads.get().graph() != null) {
      throw new IllegalStateException("A captured step uploads nothing but its tokens");
    }
    NativeTensor tensor = result(dims, false);
    memory.putFloats(tensor.address(), values);
    return tensor;
  }

  @Override
  public Tensor ints(int[] values, int... shape) {
    Shape dims = new Shape(shape);
    ShapeChecks.size("ints", dims, values.length);
    NativeTensor tensor = ints(dims);
    uploaded(tensor.storage(), values);
    return tensor;
  }

  /** A fresh int32 tensor of this scope. */
  final NativeTensor ints(Shape shape) {
    Storage storage = temporary(shape.size());
    return threads.get().scopes().own(new NativeTensor(storage, shape, DType.INT32, null));
  }

  @Override
  public Scope scope() {
    return threads.get().scopes().open();
  }

  @Override
  public GradientTape tape() {
    return new NativeTape(threads.get());
  }

  @Override
  public Tensor checkpoint(Tensor x, Packing packing, UnaryOperator<Tensor> layer) {
    NativeThread thread = threads.get();
    NativeTape tape = thread.tape();
    if (tape == null) {
      return layer.apply(x);
    }
    return new CheckpointedLayer(this, thread, tape, layer)
        .apply(NativeTensor.of(x), NativePacking.of(packing));
  }

  @Override
  public Packing pack(int[] lengths) {
    return new NativePacking(memory, lengths, null, null);
  }

  @Override
  public Packing pack(int[] lengths, KvCache cache, int[] slots) {
    return packed(lengths, NativeKvCache.of(cache), slots, 0);
  }

  /** As {@link #pack}, with room for each sequence to grow by so many tokens. */
  final NativePacking packed(int[] lengths, NativeKvCache cache, int[] slots, int room) {
    AbstractPacking.requireSlots(lengths, slots);
    for (int s = 0; s < slots.length; s++) {
      cache.reserve(slots[s], lengths[s]);
    }
    return new NativePacking(memory, lengths, cache, slots, room);
  }

  // ---- shape and sums

  @Override
  public Tensor reshape(Tensor x, int... shape) {
    NativeTensor from = NativeTensor.of(x);
    Shape dims = new Shape(shape);
    ShapeChecks.size("reshape", dims, x.shape().size());
    return threads.get().scopes().own(from.view(dims));
  }

  @Override
  public Tensor slice(Tensor x, int from, int to) {
    NativeTensor in = NativeTensor.of(x);
    int width = x.shape().dim(-1);
    if (from < 0 || to < from || to > width) {
      throw new IllegalArgumentException(
          "slice: columns [%d, %d) of %s".formatted(from, to, x.shape()));
    }
    boolean traced = traced(in);
    NativeTensor out = result(x.shape().withLast(to - from), traced);
    long rows = x.shape().rows();
    Kernels.copyColumns(
        context, out.address(), in.address(), rows, to - from, 0, width, from, to - from, false);
    if (traced) {
      record(
          out,
          () -> {
            Gradient gradient = in.gradient();
            if (!gradient.accumulate()) {
              Kernels.zero(context, gradient.address(), gradient.numbers());
            }
            Kernels.copyColumns(
                context,
                gradient.address(),
                out.gradient().address(),
                rows,
                width,
                from,
                to - from,
                0,
                to - from,
                true);
          });
    }
    return out;
  }

  @Override
  public Tensor concat(Tensor a, Tensor b) {
    NativeTensor left = NativeTensor.of(a);
    NativeTensor right = NativeTensor.of(b);
    int first = a.shape().dim(-1);
    int second = b.shape().dim(-1);
    int width = first + second;
    Shape shape = a.shape().withLast(width);
    ShapeChecks.match("concat", shape.equals(b.shape().withLast(width)), a, b);
    boolean traced = traced(left, right);
    NativeTensor out = result(shape, traced);
    long rows = shape.rows();
    long to = out.address();
    Kernels.copyColumns(context, to, left.address(), rows, width, 0, first, 0, first, false);
    Kernels.copyColumns(context, to, right.address(), rows, width, first, second, 0, second, false);
    if (traced) {
      record(
          out,
          () -> {
            takeColumns(left, out, rows, first, width, 0);
            takeColumns(right, out, rows, second, width, first);
          });
    }
    return out;
  }

  /** Adds columns {@code [from, from + count)} of the output's gradient to the input's. */
  private void takeColumns(
      NativeTensor input, NativeTensor output, long rows, int count, int width, int from) {
    if (input.gradient() != null) {
      Kernels.copyColumns(
          context,
          target(input),
          output.gradient().address(),
          rows,
          count,
          0,
          width,
          from,
          count,
          accumulate(input));
    }
  }

  @Override
  public Tensor gatherRows(Tensor x, int[] rows) {
    return gather("gatherRows", NativeTensor.of(x), rows);
  }

  /** Rows of dimension 0. */
  final NativeTensor gather(String operation, NativeTensor x, int[] rows) {
    int count = x.shape().dim(0);
    int width = Math.toIntExact(x.shape().size() / Math.max(1, count));
    ShapeChecks.indices(operation, rows, count);
    boolean traced = traced(x);
    NativeTensor out = result(x.shape().withFirst(rows.length), traced);
    Storage index = temporary(rows);
    Kernels.gatherRows(
        context, out.address(), x.address(), index.address(), rows.length, count, width);
    if (traced) {
      Gradient gradient = x.parameter() == null ? x.gradient() : x.parameter().rowGradient();
      record(
          out,
          () -> {
            boolean accumulate = gradient.accumulate();
            Kernels.gatherRowsBackward(
                context,
                gradient.address(),
                out.gradient().address(),
                index.address(),
                rows.length,
                count,
                width,
                accumulate);
          },
          index);
    }
    index.release();
    return out;
  }

  @Override
  public Tensor add(Tensor x, Tensor y) {
    NativeTensor a = NativeTensor.of(x);
    NativeTensor b = NativeTensor.of(y);
    ShapeChecks.match("add", x.shape().equals(y.shape()), x, y);
    boolean traced = traced(a, b);
    NativeTensor out = result(x.shape(), traced);
    long size = x.shape().size();
    Kernels.add(context, out.address(), a.address(), b.address(), size);
    if (traced) {
      record(
          out,
          () -> {
            long gradient = out.gradient().address();
            for (NativeTensor input : new NativeTensor[] {a, b}) {
              if (input.gradient() != null) {
                Kernels.copy(context, target(input), gradient, size, accumulate(input));
              }
            }
          });
    }
    return out;
  }

  /** Frees all native memory of these operations, tensors and parameters included. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      memory.close();
      if (context != Kernels.OUTLINE) {
        Kernels.close(context);
      }
    }
  }

  /** One parameter; see {@link Ops#parameter}. */
  @Override
  public abstract Parameter parameter(String name, float[] values, boolean trainable, int... shape);
}
