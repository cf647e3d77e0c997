package dev.hone.pipeline.train;

import dev.hone.pipeline.config.Experiment;
import dev.hone.pipeline.data.Datasets;
import dev.hone.pipeline.data.ParquetRows;
import dev.hone.policy.tensor.Backends;
import java.nio.file.Path;
import java.util.Optional;

/** The memory of an experiment that is not run. */
public final class ExperimentMemory {

  private ExperimentMemory() {}

  /**
   * What {@code experiment} would take on {@code backend}; empty where the backend does not count
   * its memory.
   */
  public static Optional<MemoryForecast> forecast(
      Experiment experiment, Backends.Choice backend, ParquetRows parquet) {
    try (StartingPolicy start = StartingPolicy.open(experiment.model())) {
      ExperimentData data =
          new ExperimentData(
              experiment,
              new Datasets(
                  start.tokenizer(), experiment.seed(), experiment.data().map(Path::of), parquet));
      return MemoryForecast.of(experiment, backend, start.config(), data);
    }
  }
}
