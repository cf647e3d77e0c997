package dev.hone.policy.tensor;

import java.util.Arrays;
import java.util.Optional;

/**
 * What the packings of all backends share: where each sequence's rows lie, and what came before.
 *
 * @param <C> the backend's cache
 */
public abstract class AbstractPacking<C extends KvCache> implements Packing {

  private final int[] starts;
  private final int[] past;
  private final int[] positions;
  private final C cache;
  private final int[] slots;

  /** {@code cache} and {@code slots} are null where nothing is cached. */
  protected AbstractPacking(int[] lengths, C cache, int[] slots) {
    this.cache = cache;
    this.slots = slots == null ? null : slots.clone();
    starts = new int[lengths.length + 1];
    past = new int[lengths.length];
    for (int s = 0; s < lengths.length; s++) {
      if (lengths[s] < 0) {
        throw new IllegalArgumentException("pack: a length must not be negative: " + lengths[s]);
      }
      starts[s + 1] = starts[s] + lengths[s];
    }
    positions = new int[starts[lengths.length]];
    place();
  }

  /** The same lengths after what is held in other slots, or in the same ones by now. */
  protected final void place(int[] inSlots) {
    System.arraycopy(inSlots, 0, slots, 0, slots.length);
    place();
  }

  private void place() {
    for (int s = 0; s < past.length; s++) {
      past[s] = cache == null ? 0 : cache.length(slots[s]);
      for (int row = starts[s]; row < starts[s + 1]; row++) {
        positions[row] = past[s] + row - starts[s];
      }
    }
  }

  /**
   * Checks that sequences of these lengths have each a slot of their own.
   *
   * @throws IllegalArgumentException where they have not
   */
  public static void requireSlots(int[] lengths, int[] slots) {
    int[] ascending = slots.clone();
    Arrays.sort(ascending);
    boolean shared = false;
    for (int i = 1; i < ascending.length; i++) {
      shared |= ascending[i] == ascending[i - 1];
    }
    if (shared || lengths.length != slots.length) {
      throw new IllegalArgumentException(
          "pack: every sequence needs a slot of its own, found lengths %s and slots %s"
              .formatted(Arrays.toString(lengths), Arrays.toString(slots)));
    }
  }

  @Override
  public final int sequences() {
    return past.length;
  }

  @Override
  public final int tokens() {
    return positions.length;
  }

  @Override
  public final int[] starts() {
    return starts.clone();
  }

  @Override
  public final int[] positions() {
    return positions.clone();
  }

  @Override
  public final Optional<KvCache> cache() {
    return Optional.ofNullable(cache);
  }

  /** The cache, or null. */
  public final C heldIn() {
    return cache;
  }

  /** Where {@code sequence} lies in the cache. */
  public final int slot(int sequence) {
    return slots[sequence];
  }

  /** Tokens that the cache holds of {@code sequence}. */
  public final int past(int sequence) {
    return past[sequence];
  }

  /** The first row of {@code sequence}. */
  public final int start(int sequence) {
    return starts[sequence];
  }

  /** Rows of {@code sequence}. */
  public final int length(int sequence) {
    return starts[sequence + 1] - starts[sequence];
  }
}
