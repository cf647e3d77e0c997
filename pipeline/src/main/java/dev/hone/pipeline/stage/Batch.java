package dev.hone.pipeline.stage;

import java.util.List;

/**
 * The rows a stage produced, wherever they lie: in a Parquet folder of the run, or in memory.
 *
 * @param <T> the noun: {@link Rollout}, {@link ScoredRollout} or {@link Experience}
 */
@FunctionalInterface
public interface Batch<T> {

  /** All rows, ordered by prompt id and then by sample. */
  List<T> collect();
}
