package dev.hone.pipeline.train;

import java.util.Map;

/** What a stage does at each of its steps. */
interface StageStep {

  /**
   * Does step {@code step}, counted from 1, and says what happened under the usual metric names.
   */
  Map<String, Double> run(long step);

  /** Rows of the stage's dataset consumed so far, over all epochs. */
  long dataPosition();

  /** A few words on the latest step, to stand beside the progress bar. */
  String note(Map<String, Double> metrics);
}
