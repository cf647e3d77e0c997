package dev.hone.pipeline.data;

import java.util.ArrayList;
import java.util.List;

/** Examples to imitate. */
public final class SupervisedDataset {

  /** Makes the example of one row; generated datasets draw its form anew every epoch. */
  interface Examples {
    SupervisedExample example(int index, int epoch);
  }

  private final String title;
  private final int size;
  private final Examples examples;
  private final BadRows badRows;
  private final EpochOrder order;

  SupervisedDataset(String title, int size, Examples examples, BadRows badRows, EpochOrder order) {
    this.title = title;
    this.size = size;
    this.examples = examples;
    this.badRows = badRows;
    this.order = order;
  }

  /** What a message calls this dataset. */
  public String title() {
    return title;
  }

  /** Examples in an epoch. */
  public int size() {
    return size;
  }

  public BadRows badRows() {
    return badRows;
  }

  /**
   * Examples {@code position .. position + count - 1} of an endless sequence of epochs, each in its
   * own order. The position is all that must be kept to go on later.
   */
  public List<SupervisedExample> draw(long position, int count) {
    List<SupervisedExample> drawn = new ArrayList<>(count);
    for (long at = position; at < position + count; at++) {
      drawn.add(examples.example(order.row(at), order.epoch(at)));
    }
    return drawn;
  }

  /** Every example of an epoch, in the order of the data. */
  public List<SupervisedExample> examples(int epoch) {
    List<SupervisedExample> all = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      all.add(examples.example(i, epoch));
    }
    return all;
  }
}
