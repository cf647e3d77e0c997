package dev.hone.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingCheckpointsTest {

  @TempDir Path folder;

  @Test
  void aCheckpointComesBackWithItsState() throws IOException {
    TrainingState state =
        new TrainingState("grpo", 1, 10, 1610, 640, 7, 0.1 + 0.2, Map.of("num_tokens", 1e9 / 3));
    TrainingCheckpoint saved =
        checkpoints(2)
            .save(
                state,
                (model, trainer) -> {
                  Files.writeString(model.resolve("config.json"), "{}");
                  Files.writeString(trainer.resolve("optimizer.safetensors"), "moments");
                });
    assertThat(saved.path()).isEqualTo(folder.resolve("grpo-step-000010"));
    TrainingCheckpoint latest = checkpoints(2).latest().orElseThrow();
    assertThat(latest).isEqualTo(saved);
    assertThat(latest.state()).isEqualTo(state);
    assertThat(latest.trainer().resolve("optimizer.safetensors")).hasContent("moments");
  }

  @Test
  void theNewestTheBestAndTheEndOfEachStageAreKept() throws IOException {
    TrainingCheckpoints checkpoints = checkpoints(2);
    save(checkpoints, "sft", 0, 100, 0.9);
    save(checkpoints, "sft", 0, 200, 0.4);
    save(checkpoints, "sft", 0, 300, 0.5);
    for (int step = 10; step <= 50; step += 10) {
      save(checkpoints, "grpo", 1, step, step == 20 ? null : 0.6);
    }
    assertThat(names(checkpoints))
        .containsExactly(
            "sft-step-000100", "sft-step-000300", "grpo-step-000040", "grpo-step-000050");
    assertThat(checkpoints.best().orElseThrow().path()).hasFileName("sft-step-000100");
    assertThat(folder.resolve("best").toRealPath()).hasFileName("sft-step-000100");
    assertThat(folder.resolve("last").toRealPath()).hasFileName("grpo-step-000050");
    assertThat(checkpoints.latest(0).orElseThrow().state().step()).isEqualTo(300);
  }

  @Test
  void aLimitOfZeroKeepsAll() {
    TrainingCheckpoints checkpoints = checkpoints(0);
    for (int step = 1; step <= 5; step++) {
      save(checkpoints, "sft", 0, step, null);
    }
    assertThat(checkpoints.all()).hasSize(5);
    assertThat(checkpoints.best()).isEmpty();
    assertThat(folder.resolve("best")).doesNotExist();
  }

  @Test
  void theEarliestOfEquallyGoodOnesIsTheBest() {
    TrainingCheckpoints checkpoints = checkpoints(1);
    save(checkpoints, "sft", 0, 1, 0.5);
    save(checkpoints, "sft", 0, 2, 0.5);
    save(checkpoints, "sft", 0, 3, Double.NaN);
    assertThat(checkpoints.best().orElseThrow().state().step()).isEqualTo(1);
  }

  @Test
  void whatIsNotWholeIsNotACheckpoint() throws IOException {
    TrainingCheckpoints checkpoints = checkpoints(2);
    save(checkpoints, "sft", 0, 10, null);
    Files.createDirectories(folder.resolve(".tmp-sft-step-000020-1-1/trainer"));
    Files.writeString(folder.resolve(".tmp-sft-step-000020-1-1/trainer/state.json"), "{\"stage\"");
    Files.createDirectories(folder.resolve("sft-step-000030"));
    assertThat(checkpoints.latest().orElseThrow().state().step()).isEqualTo(10);
  }

  @Test
  void aDamagedStateIsNamed() throws IOException {
    save(checkpoints(2), "sft", 0, 10, null);
    Files.writeString(folder.resolve("sft-step-000010/trainer/state.json"), "{\"stage\": ");
    assertThatThrownBy(() -> checkpoints(2).latest())
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("sft-step-000010");
  }

  @Test
  void rolloutJobsFindTheLastTwoPolicies() {
    PublishedPolicies policies = new PublishedPolicies(folder);
    for (long version = 0; version <= 3; version++) {
      String text = "weights " + version;
      policies.publish(version, aside -> Files.writeString(aside.resolve("config.json"), text));
    }
    assertThat(policies.versions().keySet()).containsExactly(2L, 3L);
    assertThat(policies.path(3).resolve("config.json")).hasContent("weights 3");
    policies.keepThrough(2);
    assertThat(policies.versions().keySet()).containsExactly(2L);
    assertThat(policies.path(2)).isEqualTo(folder.resolve("version-000002"));
  }

  private TrainingCheckpoints checkpoints(int limit) {
    return new TrainingCheckpoints(folder, limit);
  }

  private static void save(
      TrainingCheckpoints checkpoints, String stage, int index, long step, Double metric) {
    checkpoints.save(
        new TrainingState(stage, index, step, step, 0, 0, metric, Map.of()),
        (model, trainer) -> Files.writeString(model.resolve("config.json"), "{}"));
  }

  private static List<String> names(TrainingCheckpoints checkpoints) {
    return checkpoints.all().stream().map(c -> c.path().getFileName().toString()).toList();
  }
}
