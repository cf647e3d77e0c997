package dev.hone.pipeline.data;

import java.util.ArrayList;
import java.util.List;

/** Prompts to sample answers to. */
public final class PromptDataset {

  private final String title;
  private final List<Prompt> prompts;
  private final BadRows badRows;
  private final EpochOrder order;

  PromptDataset(String title, List<Prompt> prompts, BadRows badRows, EpochOrder order) {
    this.title = title;
    this.prompts = List.copyOf(prompts);
    this.badRows = badRows;
    this.order = order;
  }

  /** What a message calls this dataset. */
  public String title() {
    return title;
  }

  public int size() {
    return prompts.size();
  }

  /** Every prompt, in the order of the data. */
  public List<Prompt> prompts() {
    return prompts;
  }

  public BadRows badRows() {
    return badRows;
  }

  /**
   * Prompts {@code position .. position + count - 1} of an endless sequence of epochs, each in its
   * own order. The position is all that must be kept to go on later.
   */
  public List<Prompt> draw(long position, int count) {
    List<Prompt> drawn = new ArrayList<>(count);
    for (long at = position; at < position + count; at++) {
      drawn.add(prompts.get(order.row(at)));
    }
    return drawn;
  }
}
