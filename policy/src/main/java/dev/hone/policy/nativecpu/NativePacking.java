package dev.hone.policy.nativecpu;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.Packing;
import java.util.Optional;

/** A packing, and the {@code hone_packing} of the kernels that says the same. */
final class NativePacking implements Packing {

  /** Fields of {@code hone_packing}, eight bytes each. */
  private static final int FIELDS = 8;

  private final int[] starts;
  private final int[] past;
  private final int[] positions;
  private final int furthest;
  private final NativeKvCache cache;
  private final int[] slots;
  private final Storage storage;
  private final long positionsAddress;

  /** {@code cache} and {@code slots} are null where nothing is cached. */
  NativePacking(Memory memory, int[] lengths, NativeKvCache cache, int[] slots) {
    int sequences = lengths.length;
    this.cache = cache;
    this.slots = slots == null ? null : slots.clone();
    starts = new int[sequences + 1];
    past = new int[sequences];
    for (int s = 0; s < sequences; s++) {
      if (lengths[s] < 0) {
        throw new IllegalArgumentException("pack: a length must not be negative: " + lengths[s]);
      }
      starts[s + 1] = starts[s] + lengths[s];
      past[s] = cache == null ? 0 : cache.length(slots[s]);
    }
    int tokens = starts[sequences];
    positions = new int[tokens];
    int last = 0;
    for (int s = 0; s < sequences; s++) {
      for (int row = starts[s]; row < starts[s + 1]; row++) {
        positions[row] = past[s] + row - starts[s];
        last = Math.max(last, positions[row]);
      }
    }
    furthest = last;

    int pages = 0;
    int[] firstPage = new int[sequences];
    for (int s = 0; s < sequences && cache != null; s++) {
      firstPage[s] = pages;
      pages += cache.pages(slots[s]).length;
    }
    long[] longs = new long[FIELDS + pages];
    int[] ints = new int[3 * sequences + 1 + tokens];
    storage = new Storage(memory, 8L * longs.length + 4L * ints.length);
    long intsAddress = storage.address() + 8L * longs.length;
    longs[0] = sequences;
    longs[1] = intsAddress;
    longs[2] = intsAddress + 4L * (sequences + 1);
    longs[3] = cache == null ? 0 : storage.address() + 8L * FIELDS;
    longs[4] = longs[2] + 4L * sequences;
    longs[5] = NativeKvCache.PAGE_TOKENS;
    longs[6] = cache == null ? 0 : cache.spec().width();
    for (int s = 0; s < sequences && cache != null; s++) {
      long[] own = cache.pages(slots[s]);
      System.arraycopy(own, 0, longs, FIELDS + firstPage[s], own.length);
    }
    System.arraycopy(starts, 0, ints, 0, sequences + 1);
    System.arraycopy(past, 0, ints, sequences + 1, sequences);
    System.arraycopy(firstPage, 0, ints, 2 * sequences + 1, sequences);
    System.arraycopy(positions, 0, ints, 3 * sequences + 1, tokens);
    positionsAddress = intsAddress + 4L * (3 * sequences + 1);
    Kernels.putLongs(storage.address(), longs, 0, longs.length);
    Kernels.putInts(intsAddress, ints, 0, ints.length);
  }

  static NativePacking of(Packing packing) {
    if (packing instanceof NativePacking mine) {
      return mine;
    }
    throw new IllegalArgumentException("The packing belongs to another backend");
  }

  /** Of the {@code hone_packing}. */
  long address() {
    return storage.address();
  }

  long positionsAddress() {
    return positionsAddress;
  }

  /** The furthest position of any row. */
  int furthest() {
    return furthest;
  }

  Storage storage() {
    return storage;
  }

  /** Where {@code layer} begins in a page, in numbers. */
  long pageOffset(int layer) {
    return cache == null ? 0 : cache.pageOffset(layer);
  }

  /** The cache, or null. */
  NativeKvCache heldIn() {
    return cache;
  }

  int slot(int sequence) {
    return slots[sequence];
  }

  int length(int sequence) {
    return starts[sequence + 1] - starts[sequence];
  }

  @Override
  public int sequences() {
    return past.length;
  }

  @Override
  public int tokens() {
    return positions.length;
  }

  @Override
  public int[] starts() {
    return starts.clone();
  }

  @Override
  public int[] positions() {
    return positions.clone();
  }

  @Override
  public Optional<KvCache> cache() {
    return Optional.ofNullable(cache);
  }

  @Override
  public void close() {
    storage.release();
  }
}
