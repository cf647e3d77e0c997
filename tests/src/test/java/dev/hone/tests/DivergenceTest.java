package dev.hone.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.pipeline.config.ExperimentFile;
import dev.hone.pipeline.run.Progress;
import dev.hone.pipeline.train.ExperimentRunner;
import dev.hone.pipeline.train.TrainingDiverged;
import dev.hone.policy.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Numbers that are no numbers end a run before they reach the weights. */
class DivergenceTest {

  @TempDir Path folder;

  @Test
  void aRunThatDivergesNamesTheStepAndTheRolloutsAndLeavesTheLastCheckpointWhole() {
    ExperimentRunner runner =
        new ExperimentRunner(
            ExperimentFile.read(
                Path.of("src/test/resources/tiny.yaml"),
                List.of(
                    "output_dir=" + folder,
                    "stages.sft.max_steps=6",
                    "stages.grpo.learning_rate=1e30",
                    "stages.grpo.max_grad_norm=0",
                    "stages.grpo.lr_scheduler_type=constant")),
            InProcessStages::new,
            path -> {
              throw new AssertionError("no Parquet in " + path);
            },
            Progress.silent());

    assertThatThrownBy(runner::run)
        .isInstanceOf(TrainingDiverged.class)
        .hasMessageContaining("is not finite, from prompt ")
        .hasMessageMatching("step \\d+ stopped.* sample \\d.*the last checkpoint is whole.*");
    assertThat(Checkpoint.open(folder.resolve("tiny/checkpoints/last")).config().layers())
        .isEqualTo(2);
  }
}
