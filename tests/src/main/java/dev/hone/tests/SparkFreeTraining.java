package dev.hone.tests;

import dev.hone.pipeline.config.Experiment;
import dev.hone.pipeline.config.ExperimentFile;
import dev.hone.pipeline.data.ParquetRows;
import dev.hone.pipeline.report.RunSummary;
import dev.hone.pipeline.run.Progress;
import dev.hone.pipeline.train.ExperimentRunner;
import dev.hone.policy.InvalidInput;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * {@code hone train} for a machine without Spark: the same experiment, the same loop, the same
 * functions. Arguments: the experiment's file, then overrides as {@code key=value}.
 */
public final class SparkFreeTraining {

  private SparkFreeTraining() {}

  public static void main(String[] arguments) {
    if (arguments.length == 0) {
      System.err.println("usage: SparkFreeTraining EXPERIMENT.yaml [key=value ...]");
      System.exit(2);
    }
    List<String> overrides = Arrays.asList(arguments).subList(1, arguments.length);
    ParquetRows noParquet =
        path -> {
          throw new InvalidInput(path + " is Parquet, which needs Spark to read");
        };
    try {
      Experiment experiment = ExperimentFile.read(Path.of(arguments[0]), overrides);
      RunSummary.lines(
              new ExperimentRunner(
                      experiment, InProcessStages::new, noParquet, new PrintedProgress())
                  .run())
          .forEach(System.out::println);
    } catch (InvalidInput e) {
      System.err.println("error: " + e.getMessage());
      System.exit(2);
    }
  }

  /** Progress as lines on standard error. */
  private static final class PrintedProgress implements Progress {

    @Override
    public Task start(String name, long total, String unit) {
      return Progress.silent().start(name, total, unit);
    }

    @Override
    public void info(String line) {
      System.err.println(line);
    }
  }
}
