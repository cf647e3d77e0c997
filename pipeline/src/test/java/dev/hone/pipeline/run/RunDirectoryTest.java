package dev.hone.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {

  private static final String CONFIG =
      "name: a\nstages:\n- {type: sft, learning_rate: 2.0e-3, max_steps: 10}\n";

  @TempDir Path folder;

  @Test
  void theSameExperimentGoesOnWhereItWas() {
    Path root = folder.resolve("runs/a");
    try (RunDirectory run = RunDirectory.open(root, CONFIG)) {
      assertThat(run.resumed()).isFalse();
      assertThat(run.rows("rollouts", "grpo", 12))
          .isEqualTo(root.resolve("rollouts/stage=grpo/step=000012"));
    }
    String otherSpelling =
        "# again\nstages:\n- max_steps: 10\n  learning_rate: 0.002\n  type: sft\nname: a\n";
    try (RunDirectory run = RunDirectory.open(root, otherSpelling)) {
      assertThat(run.resumed()).isTrue();
      assertThat(run.config()).hasContent(CONFIG);
    }
  }

  @Test
  void aChangedExperimentStopsAndNamesTheKeysThatDiffer() {
    RunDirectory.open(folder, CONFIG).close();
    String changed =
        CONFIG.replace("max_steps: 10", "max_steps: 20, beta: 0.1").replace("type: sft, ", "");
    assertThatThrownBy(() -> RunDirectory.open(folder, changed))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("stages[0].max_steps was 10, now 20")
        .hasMessageContaining("stages[0].beta was not set, now 0.1")
        .hasMessageContaining("stages[0].type was sft, now not set")
        .hasMessageNotContaining("learning_rate")
        .hasMessageNotContaining("\n");
    // The refusal let go of the lock.
    RunDirectory.open(folder, CONFIG).close();
  }

  @Test
  void twoCannotTrainInOneDirectory() {
    try (RunDirectory run = RunDirectory.open(folder, CONFIG)) {
      assertThatThrownBy(() -> RunDirectory.open(run.root(), CONFIG))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      assertThat(RunDirectory.read(folder).metrics().getFileName()).hasToString("metrics.jsonl");
    }
  }

  @Test
  void aKilledProcessLeavesNoLock() throws IOException, InterruptedException {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                folder.toString(),
                CONFIG)
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("held");
      assertThatThrownBy(() -> RunDirectory.open(folder, CONFIG))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("process " + other.pid());
    } finally {
      other.destroyForcibly();
    }
    assertThat(other.waitFor(20, TimeUnit.SECONDS)).isTrue();
    try (RunDirectory run = RunDirectory.open(folder, CONFIG)) {
      assertThat(run.resumed()).isTrue();
    }
  }

  /** Takes a run directory and waits to be killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws InterruptedException {
      try (RunDirectory run = RunDirectory.open(Path.of(arguments[0]), arguments[1])) {
        System.out.println(run.resumed() ? "resumed" : "held");
        Thread.sleep(60_000);
      }
    }
  }

  @Test
  void whatAKilledProcessLeftHalfWrittenIsCleared() throws IOException {
    RunDirectory.open(folder, CONFIG).close();
    Path half = Files.createDirectories(folder.resolve("checkpoints/.tmp-sft-step-000010-1-1"));
    Files.writeString(half.resolve("model.safetensors"), "half");
    Path report = Files.writeString(folder.resolve(".tmp-report.html-1-2"), "<html");
    RunDirectory.open(folder, CONFIG).close();
    assertThat(half).doesNotExist();
    assertThat(report).doesNotExist();
  }

  @Test
  void aFolderOfSomethingElseIsNotTakenOver() throws IOException {
    Files.writeString(folder.resolve("thesis.tex"), "");
    assertThatThrownBy(() -> RunDirectory.open(folder, CONFIG))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("thesis.tex");
    assertThatThrownBy(() -> RunDirectory.read(folder)).isInstanceOf(InvalidInput.class);
  }

  @Test
  void differencesCompareValuesNotSpelling() {
    assertThat(ConfigDifference.between("{a: 1, b: [x, y], c: null}", "b: [x, y]\na: 1.0\n"))
        .isEmpty();
    assertThat(ConfigDifference.between("{b: [x, y]}", "{b: [x, z, w]}"))
        .extracting(ConfigDifference::toString)
        .isEqualTo(List.of("b[1] was y, now z", "b[2] was not set, now w"));
    assertThat(ConfigDifference.between("{seed: 9007199254740993}", "{seed: 9007199254740992}"))
        .hasSize(1);
  }
}
