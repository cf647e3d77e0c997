package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.AbstractPacking;
import dev.hone.policy.tensor.MemoryPart;
import dev.hone.policy.tensor.Packing;

/** A packing, and the {@code hone_packing} of the kernels that says the same. */
final class NativePacking extends AbstractPacking<NativeKvCache> {

  /** Fields of {@code hone_packing}, eight bytes each. */
  private static final int FIELDS = 8;

  private final int furthest;
  private final Storage storage;
  private final long positionsAddress;

  /** {@code cache} and {@code slots} are null where nothing is cached. */
  NativePacking(Memory memory, int[] lengths, NativeKvCache cache, int[] slots) {
    super(lengths, cache, slots);
    int sequences = sequences();
    int[] starts = starts();
    int[] positions = positions();
    int tokens = positions.length;
    int last = 0;
    for (int position : positions) {
      last = Math.max(last, position);
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
    storage = new Storage(memory, 8L * longs.length + 4L * ints.length, MemoryPart.STAGING);
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
    for (int s = 0; s < sequences; s++) {
      ints[sequences + 1 + s] = past(s);
    }
    System.arraycopy(firstPage, 0, ints, 2 * sequences + 1, sequences);
    System.arraycopy(positions, 0, ints, 3 * sequences + 1, tokens);
    positionsAddress = intsAddress + 4L * (3 * sequences + 1);
    memory.putLongs(storage.address(), longs);
    memory.putInts(intsAddress, ints);
  }

  static NativePacking of(Packing packing) {
    if (packing instanceof NativePacking mine) {
      return mine;
    }
    throw new IllegalArgumentException("The packing belongs to another backend");
  }

  /** Of the {@code hone_packing}. */
  long address() {
    return storage.memory().isOutline() ? 0 : storage.address();
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
    return heldIn() == null ? 0 : heldIn().pageOffset(layer);
  }

  @Override
  public void close() {
    storage.release();
  }
}
