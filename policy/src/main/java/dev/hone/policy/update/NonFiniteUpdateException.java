package dev.hone.policy.update;

import java.util.List;

/**
 * The loss or its gradient is not a finite number. It is thrown before the optimizer step changes
 * any parameter.
 */
public final class NonFiniteUpdateException extends RuntimeException {

  private final String what;
  private final long step;
  private final List<Integer> sequences;

  /**
   * @param what loss or gradient
   * @param step the optimizer step that was not taken, counted from 1
   * @param sequences where in the batch the sequences stand that it comes from
   */
  NonFiniteUpdateException(String what, long step, List<Integer> sequences) {
    super(
        "Optimizer step "
            + step
            + " was not taken: its "
            + what
            + " is not finite, from sequences "
            + sequences
            + " of the batch. No parameter was changed; lower the learning rate or look at these"
            + " sequences");
    this.what = what;
    this.step = step;
    this.sequences = List.copyOf(sequences);
  }

  /** Loss or gradient. */
  public String what() {
    return what;
  }

  /** The optimizer step that was not taken, counted from 1. */
  public long step() {
    return step;
  }

  /** Where in the batch the sequences stand that it comes from. */
  public List<Integer> sequences() {
    return sequences;
  }
}
