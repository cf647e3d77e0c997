package dev.hone.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.pipeline.config.ExperimentFile;
import dev.hone.pipeline.run.Progress;
import dev.hone.pipeline.spark.SparkEngine;
import dev.hone.pipeline.stage.Stages;
import dev.hone.pipeline.train.ExperimentRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spark maps the stages; what they compute is theirs. */
class SparkChangesNothingTest {

  @TempDir Path folder;

  @Test
  void aRunOnSparkAndOneWithoutItEndWithTheSameBits() throws IOException {
    try (SparkEngine spark = new SparkEngine("test", "local[2]", Map.of())) {
      train("spark", spark::stages);
    }
    train("alone", InProcessStages::new);

    for (String file : List.of("model.safetensors", "trainer/optimizer.safetensors")) {
      assertThat(last("spark").resolve(file)).hasSameBinaryContentAs(last("alone").resolve(file));
    }
  }

  private void train(String output, Supplier<Stages> engine) {
    new ExperimentRunner(
            ExperimentFile.read(
                Path.of("src/test/resources/tiny.yaml"),
                List.of("output_dir=" + folder.resolve(output), "stages.0.max_steps=6")),
            engine,
            path -> {
              throw new AssertionError("no Parquet in " + path);
            },
            Progress.silent())
        .run();
  }

  private Path last(String output) throws IOException {
    return folder.resolve(output).resolve("tiny/checkpoints/last").toRealPath();
  }

  @Test
  void everyRowOfARunLiesInParquetThatSparkReadsAsOneTable() {
    try (SparkEngine spark = new SparkEngine("test", "local[2]", Map.of())) {
      train("rows", spark::stages);
      Path run = folder.resolve("rows/tiny");
      for (String table : List.of("rollouts", "scored", "experience")) {
        assertThat(spark.parquetRows().read(run.resolve(table)))
            .as(table)
            .hasSize(10 * 8 * 4)
            .allSatisfy(row -> assertThat(row).containsEntry("stage", "grpo"));
      }
      assertThat(Files.exists(run.resolve("report.html"))).isTrue();
    }
  }
}
