package dev.hone.policy.nativecpu;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.CacheSlots;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.MemoryPart;
import dev.hone.policy.tensor.Packing;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A cache in pages of 64 tokens (Kwon et al., "PagedAttention", 2023), {@code [layers, 64, width]}
 * each. A fork shares the pages that are full, which nobody writes to any more, and copies the last
 * one where it is not.
 */
final class NativeKvCache implements KvCache {

  static final int PAGE_TOKENS = 64;

  private final NativeOps ops;
  private final Spec spec;
  private final long pageBytes;
  private final CacheSlots slots = new CacheSlots();

  /** Addresses of the pages of each open slot, in order; the last one possibly not full. */
  private final Map<Integer, long[]> pages = new HashMap<>();

  private final Map<Long, Integer> sharers = new HashMap<>();

  NativeKvCache(NativeOps ops, Spec spec) {
    this.ops = ops;
    this.spec = spec;
    this.pageBytes = spec.numbersPerToken() * PAGE_TOKENS * Float.BYTES;
  }

  static NativeKvCache of(KvCache cache) {
    if (cache instanceof NativeKvCache mine) {
      return mine;
    }
    throw new IllegalArgumentException("The cache belongs to another backend");
  }

  @Override
  public Spec spec() {
    return spec;
  }

  /** Addresses of the pages of {@code slot}. */
  long[] pages(int slot) {
    return pages.get(slot);
  }

  /** Where {@code layer} begins in a page, in numbers. */
  long pageOffset(int layer) {
    if (layer < 0 || layer >= spec.layers()) {
      throw new IllegalArgumentException(
          "The cache is of %d layers, there is no layer %d".formatted(spec.layers(), layer));
    }
    return (long) layer * PAGE_TOKENS * spec.width();
  }

  @Override
  public int open(int capacity) {
    int slot = slots.open(capacity);
    pages.put(slot, new long[0]);
    return slot;
  }

  @Override
  public int fork(int slot, int capacity) {
    int held = slots.length(slot);
    int fork = slots.fork(slot, capacity);
    int full = held / PAGE_TOKENS;
    long[] shared = Arrays.copyOf(pages(slot), (held + PAGE_TOKENS - 1) / PAGE_TOKENS);
    for (int i = 0; i < full; i++) {
      sharers.merge(shared[i], 1, Integer::sum);
    }
    if (full < shared.length) {
      long page = newPage();
      Kernels.copy(ops.context(), page, shared[full], pageBytes / Float.BYTES, false);
      shared[full] = page;
    }
    pages.put(fork, shared);
    return fork;
  }

  private long newPage() {
    long page = ops.memory().allocate(pageBytes, MemoryPart.CACHE);
    sharers.put(page, 1);
    return page;
  }

  @Override
  public int length(int slot) {
    return slots.length(slot);
  }

  /** Makes room for {@code added} more tokens in {@code slot}. */
  void reserve(int slot, int added) {
    int needed = slots.lengthWith(added, slot);
    int held = pages(slot).length;
    int wanted = (needed + PAGE_TOKENS - 1) / PAGE_TOKENS;
    if (wanted > held) {
      long[] grown = Arrays.copyOf(pages(slot), wanted);
      for (int i = held; i < wanted; i++) {
        grown[i] = newPage();
      }
      pages.put(slot, grown);
    }
  }

  @Override
  public void advance(Packing packing) {
    NativePacking finished = NativePacking.of(packing);
    if (finished.heldIn() != this) {
      throw new IllegalArgumentException("The packing was not made for this cache");
    }
    slots.advance(finished);
  }

  @Override
  public void release(int slot) {
    slots.release(slot);
    for (long page : pages.remove(slot)) {
      if (sharers.merge(page, -1, Integer::sum) == 0) {
        sharers.remove(page);
        ops.memory().release(page, pageBytes, MemoryPart.CACHE);
      }
    }
  }

  @Override
  public long bytes() {
    return sharers.size() * pageBytes;
  }

  @Override
  public void close() {
    sharers.keySet().forEach(page -> ops.memory().release(page, pageBytes, MemoryPart.CACHE));
    sharers.clear();
    pages.clear();
  }
}
