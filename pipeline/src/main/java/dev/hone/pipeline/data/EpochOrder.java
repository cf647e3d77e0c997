package dev.hone.pipeline.data;

import java.util.Arrays;
import java.util.List;

/**
 * Which row stands at which place of an endless sequence of epochs. Every epoch holds every row
 * once; a shuffled one has an order of its own, which follows from the seed and the epoch alone.
 */
final class EpochOrder {

  private final int rows;
  private final boolean shuffled;
  private final long seed;
  private int[] order;
  private long orderEpoch = -1;

  EpochOrder(int rows, boolean shuffled, long seed) {
    this.rows = rows;
    this.shuffled = shuffled;
    this.seed = seed;
  }

  int epoch(long position) {
    return Math.toIntExact(position / rows);
  }

  synchronized int row(long position) {
    int within = (int) (position % rows);
    if (!shuffled) {
      return within;
    }
    int epoch = epoch(position);
    if (epoch != orderEpoch) {
      order = permutation(epoch);
      orderEpoch = epoch;
    }
    return order[within];
  }

  /** Rows in one fixed order of no meaning, for data that was made kind by kind. */
  static <T> List<T> mixed(List<T> rows, long seed) {
    int[] order = new EpochOrder(rows.size(), true, seed).permutation(0);
    return Arrays.stream(order).mapToObj(rows::get).toList();
  }

  private int[] permutation(int epoch) {
    int[] permutation = new int[rows];
    Draws draws = new Draws(seed, "order", epoch, 0);
    for (int i = 0; i < rows; i++) {
      int j = draws.below(i + 1);
      permutation[i] = permutation[j];
      permutation[j] = i;
    }
    return permutation;
  }
}
