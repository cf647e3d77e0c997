package dev.hone.policy.nativecpu;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.Packing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A cache in pages of 64 tokens (Kwon et al., "PagedAttention", 2023), {@code [layers, 64, width]}
 * each. A fork shares the pages that are full, which nobody writes to any more, and copies the last
 * one where it is not.
 */
final class NativeKvCache implements KvCache {

  static final int PAGE_TOKENS = 64;

  /** A sequence: its pages in order, the last one possibly not full. */
  private static final class Slot {
    private long[] pages = new long[0];
    private int length;
    private int limit;
  }

  private final NativeOps ops;
  private final Spec spec;
  private final long pageBytes;
  private final List<Slot> slots = new ArrayList<>();
  private final TreeSet<Integer> free = new TreeSet<>();
  private final Map<Long, Integer> sharers = new HashMap<>();

  NativeKvCache(NativeOps ops, Spec spec) {
    this.ops = ops;
    this.spec = spec;
    this.pageBytes = spec.numbersPerToken() * PAGE_TOKENS * Float.BYTES;
  }

  @Override
  public Spec spec() {
    return spec;
  }

  /** Addresses of the pages of {@code slot}. */
  long[] pages(int slot) {
    return opened(slot).pages;
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
    if (free.isEmpty()) {
      free.add(slots.size());
      slots.add(new Slot());
    }
    int slot = free.pollFirst();
    slots.get(slot).limit = capacity;
    return slot;
  }

  @Override
  public int fork(int slot, int capacity) {
    Slot from = opened(slot);
    int fork = open(capacity);
    Slot to = slots.get(fork);
    to.length = from.length;
    int full = from.length / PAGE_TOKENS;
    to.pages = Arrays.copyOf(from.pages, (from.length + PAGE_TOKENS - 1) / PAGE_TOKENS);
    for (int i = 0; i < full; i++) {
      sharers.merge(to.pages[i], 1, Integer::sum);
    }
    if (full < to.pages.length) {
      to.pages[full] = newPage();
      Kernels.copy(ops.context(), to.pages[full], from.pages[full], pageBytes / Float.BYTES, false);
    }
    return fork;
  }

  private long newPage() {
    long page = ops.memory().allocate(pageBytes);
    sharers.put(page, 1);
    return page;
  }

  @Override
  public int length(int slot) {
    return opened(slot).length;
  }

  private Slot opened(int slot) {
    if (slot < 0 || slot >= slots.size() || free.contains(slot)) {
      throw new IllegalArgumentException("The cache has no open slot " + slot);
    }
    return slots.get(slot);
  }

  /** Makes room for {@code added} more tokens in {@code slot}. */
  void reserve(int slot, int added) {
    Slot own = opened(slot);
    int needed = own.length + added;
    if (needed > own.limit) {
      throw new IllegalArgumentException(
          "Slot %d was opened for %d tokens; %d would not fit".formatted(slot, own.limit, needed));
    }
    int held = own.pages.length;
    int wanted = (needed + PAGE_TOKENS - 1) / PAGE_TOKENS;
    if (wanted > held) {
      own.pages = Arrays.copyOf(own.pages, wanted);
      for (int i = held; i < wanted; i++) {
        own.pages[i] = newPage();
      }
    }
  }

  @Override
  public void advance(Packing packing) {
    NativePacking finished = NativePacking.of(packing);
    if (finished.heldIn() != this) {
      throw new IllegalArgumentException("The packing was not made for this cache");
    }
    for (int s = 0; s < finished.sequences(); s++) {
      opened(finished.slot(s)).length += finished.length(s);
    }
  }

  @Override
  public void release(int slot) {
    Slot own = opened(slot);
    for (long page : own.pages) {
      if (sharers.merge(page, -1, Integer::sum) == 0) {
        sharers.remove(page);
        ops.memory().release(page, pageBytes);
      }
    }
    own.pages = new long[0];
    own.length = 0;
    free.add(slot);
  }

  @Override
  public long bytes() {
    return sharers.size() * pageBytes;
  }

  @Override
  public void close() {
    sharers.keySet().forEach(page -> ops.memory().release(page, pageBytes));
    sharers.clear();
    slots.clear();
    free.clear();
  }
}
