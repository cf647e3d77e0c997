package dev.hone.policy.nativecpu;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.AbstractPacking;
import dev.hone.policy.tensor.DecodeGraph;
import dev.hone.policy.tensor.Scope;
import java.util.Arrays;

/** A decode step whose kernels were captured, and the memory that they work in. */
final class NativeGraph implements DecodeGraph {

  /** Tokens by which sequences may grow before the step is captured again: four pages. */
  private static final int ROOM = 4 * NativeKvCache.PAGE_TOKENS;

  private final NativeOps ops;
  private final NativeKvCache cache;
  private final GraphMemory graphMemory;
  private NativePacking packing;
  private Storage uploaded;
  private NativeTensor output;
  private long handle;

  /** Runs the step, and captures it. */
  NativeGraph(NativeOps ops, int[] tokens, NativeKvCache cache, int[] slots, Step step) {
    this.ops = ops;
    this.cache = cache;
    this.graphMemory = new GraphMemory(ops.memory());
    NativeThread thread = ops.thread();
    thread.capture(this);
    Kernels.beginCapture();
    boolean whole = false;
    try (Scope scope = ops.scope()) {
      packing = ops.packed(ones(slots.length), cache, slots, ROOM);
      output = NativeTensor.of(scope.keep(step.run(tokens, packing)));
      if (uploaded == null) {
        throw new IllegalStateException("A captured step looks its tokens up");
      }
      whole = true;
    } finally {
      thread.capture(null);
      handle = Kernels.endCapture();
      if (!whole) {
        close();
      }
    }
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  GraphMemory memory() {
    return graphMemory;
  }

  /** Hears that the step uploads to {@code storage}: each replay will put its tokens there. */
  void upload(Storage storage) {
    if (uploaded != null) {
      throw new IllegalStateException("A captured step uploads nothing but its tokens, once");
    }
    uploaded = storage.retain();
  }

  @Override
  public boolean replay(int[] tokens, int[] slots) {
    if (tokens.length != slots.length) {
      throw new IllegalArgumentException(
          "replay: %d tokens for %d sequences".formatted(tokens.length, slots.length));
    }
    AbstractPacking.requireSlots(ones(slots.length), slots);
    if (handle == 0 || !packing.goOn(slots)) {
      return false;
    }
    ops.memory().putInts(uploaded.address(), tokens);
    Kernels.replay(handle);
    cache.advance(packing);
    return true;
  }

  @Override
  public NativeTensor output() {
    return output;
  }

  @Override
  public void close() {
    if (output != null) {
      output.close();
    }
    if (handle != 0) {
      Kernels.release(handle);
      handle = 0;
    }
    if (packing != null) {
      packing.close();
      packing = null;
    }
    graphMemory.close();
  }
}
