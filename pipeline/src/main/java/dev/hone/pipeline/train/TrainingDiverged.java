package dev.hone.pipeline.train;

import dev.hone.policy.update.NonFiniteUpdateException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A loss or gradient was not finite, and the run has stopped before it changed a parameter. The
 * last checkpoint is whole.
 */
public final class TrainingDiverged extends RuntimeException {

  private static final long serialVersionUID = 1;
  private static final int NAMED = 5;

  /**
   * @param step of the stage
   * @param rows where the number comes from, as a person can find them
   */
  TrainingDiverged(long step, List<String> rows, NonFiniteUpdateException cause) {
    super(
        String.format(
            "step %d stopped, since its %s is not finite, from %s%s; the last checkpoint is whole:"
                + " look at these rows, or lower the learning rate under another name",
            step,
            cause.what(),
            rows.stream().limit(NAMED).collect(Collectors.joining(", ")),
            rows.size() > NAMED ? " and " + (rows.size() - NAMED) + " more" : ""),
        cause);
  }
}
