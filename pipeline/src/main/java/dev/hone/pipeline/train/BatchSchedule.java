package dev.hone.pipeline.train;

import dev.hone.policy.InvalidInput;
import java.util.List;

/**
 * Which rows come when: epoch after epoch, each in its own order, cut into batches. A batch never
 * spans two epochs, so that no row stands in it twice; what is left at the end of an epoch waits
 * for another epoch's order. Batch {@code n} follows from the data and the seed alone.
 *
 * @param <T> the row
 */
final class BatchSchedule<T> {

  /** Rows {@code position .. position + count - 1} of an endless sequence of epochs. */
  @FunctionalInterface
  interface Rows<T> {
    List<T> draw(long position, int count);
  }

  private final Rows<T> rows;
  private final int size;
  private final int batchSize;
  private final int batchesAnEpoch;

  /**
   * @param size rows of an epoch
   * @param setting what the experiment calls the batch size, for the error
   */
  BatchSchedule(Rows<T> rows, int size, int batchSize, String setting) {
    if (size < batchSize) {
      throw new InvalidInput(
          String.format(
              "%s is %d, but the dataset has only %d usable rows: lower it or give more rows",
              setting, batchSize, size));
    }
    this.rows = rows;
    this.size = size;
    this.batchSize = batchSize;
    this.batchesAnEpoch = size / batchSize;
  }

  /** Batch {@code number}, counted from 0. */
  List<T> batch(long number) {
    long epoch = number / batchesAnEpoch;
    long within = number % batchesAnEpoch;
    return rows.draw(epoch * size + within * batchSize, batchSize);
  }

  int batchSize() {
    return batchSize;
  }

  int batchesAnEpoch() {
    return batchesAnEpoch;
  }

  /** Epochs that so many batches are. */
  double epochs(long batches) {
    return (double) batches / batchesAnEpoch;
  }
}
