package dev.hone.policy.tensor;

import java.util.Arrays;
import java.util.TreeSet;

/**
 * Which slots of a cache are open, and how many tokens each holds and may hold. The lowest free one
 * is given out first, so that running sequences stay together.
 */
public final class CacheSlots {

  private final TreeSet<Integer> free = new TreeSet<>();
  private int count;
  private int[] lengths = new int[8];
  private int[] limits = new int[8];

  /** A free slot, empty, for at most {@code limit} tokens. */
  public int open(int limit) {
    if (free.isEmpty()) {
      free.add(count++);
      if (count > lengths.length) {
        lengths = Arrays.copyOf(lengths, 2 * lengths.length);
        limits = Arrays.copyOf(limits, lengths.length);
      }
    }
    int slot = free.pollFirst();
    lengths[slot] = 0;
    limits[slot] = limit;
    return slot;
  }

  /** A free slot that holds as many tokens as {@code slot}. */
  public int fork(int slot, int limit) {
    int held = length(slot);
    int fork = open(limit);
    lengths[fork] = held;
    return fork;
  }

  /** Tokens held in {@code slot}. */
  public int length(int slot) {
    return lengths[requireOpen(slot)];
  }

  /** Tokens that {@code slot} holds with {@code added} more, for which it has room. */
  public int lengthWith(int added, int slot) {
    int needed = length(slot) + added;
    if (needed > limits[slot]) {
      throw new IllegalArgumentException(
          "Slot %d was opened for %d tokens; %d would not fit"
              .formatted(slot, limits[slot], needed));
    }
    return needed;
  }

  /** Counts the rows of {@code packing} as held. */
  public void advance(AbstractPacking<?> packing) {
    for (int s = 0; s < packing.sequences(); s++) {
      lengths[requireOpen(packing.slot(s))] += packing.length(s);
    }
  }

  /** Gives {@code slot} back. */
  public void release(int slot) {
    free.add(requireOpen(slot));
  }

  private int requireOpen(int slot) {
    if (slot < 0 || slot >= count || free.contains(slot)) {
      throw new IllegalArgumentException("The cache has no open slot " + slot);
    }
    return slot;
  }
}
