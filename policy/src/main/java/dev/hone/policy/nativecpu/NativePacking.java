package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.AbstractPacking;
import dev.hone.policy.tensor.MemoryPart;
import dev.hone.policy.tensor.Packing;

/** A packing, and the {@code hone_packing} of the kernels that says the same. */
final class NativePacking extends AbstractPacking<NativeKvCache> {

  /** Fields of {@code hone_packing}, eight bytes each. */
  private static final int FIELDS = 8;

  private final int furthest;
  private final int mostPages;
  private final Storage storage;
  private final long positionsAddress;

  /** {@code cache} and {@code slots} are null where nothing is cached. */
  NativePacking(Memory memory, int[] lengths, NativeKvCache cache, int[] slots) {
    this(memory, lengths, cache, slots, 0);
  }

  /**
   * @param room tokens by which each sequence may grow before {@link #goOn} refuses
   */
  NativePacking(Memory memory, int[] lengths, NativeKvCache cache, int[] slots, int room) {
    super(lengths, cache, slots);
    furthest = last() + room;
    mostPages = pages() + sequences() * (room / NativeKvCache.PAGE_TOKENS);
    long bytes = 8L * (FIELDS + mostPages) + 4L * (3 * sequences() + 1 + tokens());
    storage = new Storage(memory, bytes, MemoryPart.STAGING);
    positionsAddress = storage.address() + bytes - 4L * tokens();
    write();
  }

  /**
   * Lets as many sequences go on, those in {@code slots}; false, and nothing done, where they do
   * not fit.
   */
  boolean goOn(int[] slots) {
    if (slots.length != sequences()) {
      return false;
    }
    NativeKvCache cache = heldIn();
    int pages = 0;
    int last = 0;
    for (int s = 0; s < slots.length; s++) {
      cache.reserve(slots[s], length(s));
      pages += cache.pages(slots[s]).length;
      last = Math.max(last, cache.length(slots[s]) + length(s) - 1);
    }
    if (pages > mostPages || last > furthest) {
      return false;
    }
    place(slots);
    write();
    return true;
  }

  private int last() {
    int last = 0;
    for (int s = 0; s < sequences(); s++) {
      last = Math.max(last, past(s) + length(s) - 1);
    }
    return last;
  }

  private int pages() {
    int pages = 0;
    for (int s = 0; s < sequences() && heldIn() != null; s++) {
      pages += heldIn().pages(slot(s)).length;
    }
    return pages;
  }

  private void write() {
    NativeKvCache cache = heldIn();
    int sequences = sequences();
    long[] longs = new long[FIELDS + mostPages];
    int[] ints = new int[3 * sequences + 1 + tokens()];
    long intsAddress = storage.address() + 8L * longs.length;
    longs[0] = sequences;
    longs[1] = intsAddress;
    longs[2] = intsAddress + 4L * (sequences + 1);
    longs[3] = cache == null ? 0 : storage.address() + 8L * FIELDS;
    longs[4] = longs[2] + 4L * sequences;
    longs[5] = NativeKvCache.PAGE_TOKENS;
    longs[6] = cache == null ? 0 : cache.spec().width();
    int pages = 0;
    int row = 3 * sequences + 1;
    for (int s = 0; s < sequences; s++) {
      ints[s + 1] = start(s) + length(s);
      ints[sequences + 1 + s] = past(s);
      ints[2 * sequences + 1 + s] = pages;
      if (cache != null) {
        long[] own = cache.pages(slot(s));
        System.arraycopy(own, 0, longs, FIELDS + pages, own.length);
        pages += own.length;
      }
      for (int i = 0; i < length(s); i++) {
        ints[row++] = past(s) + i;
      }
    }
    storage.memory().putLongs(storage.address(), longs);
    storage.memory().putInts(intsAddress, ints);
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

  /** No row stands further than this position. */
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
