package dev.hone.pipeline.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far a run has come: what a checkpoint holds besides weights and optimizer.
 *
 * @param stage name of the stage
 * @param stageIndex its place in the experiment, from 0; with {@code step} it orders checkpoints
 * @param step optimizer steps done in this stage
 * @param policyVersion optimizer steps done in the whole run: the version these weights answer as
 * @param dataPosition rows of the stage's dataset consumed, over all epochs
 * @param seed the experiment's
 * @param metric the evaluation metric that chooses the best, {@code null} where this step was not
 *     evaluated; more is better
 * @param counters whatever else the stage counts (tokens seen, seconds spent), by name
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record TrainingState(
    String stage,
    int stageIndex,
    long step,
    long policyVersion,
    long dataPosition,
    long seed,
    Double metric,
    Map<String, Double> counters) {

  /** The order of training. */
  static final Comparator<TrainingState> ORDER =
      Comparator.comparingInt(TrainingState::stageIndex).thenComparingLong(TrainingState::step);

  public TrainingState {
    counters = Collections.unmodifiableMap(new TreeMap<>(counters));
  }
}
