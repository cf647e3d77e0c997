package dev.hone.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The experiments in {@code configs/}: sound, and what their comments promise. */
class ShippedExperimentsTest {

  private static final Path CONFIGS = Path.of("..", "configs");

  static List<Path> experiments() throws IOException {
    try (Stream<Path> files = Files.list(CONFIGS)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
    }
  }

  /** What the user has to say, and may be said of the others too. */
  private static Experiment parsed(Path file) throws IOException {
    String yaml = Files.readString(file);
    List<String> overrides =
        yaml.contains("checkpoint: null")
            ? List.of("data=somewhere", "model.checkpoint=somewhere")
            : yaml.contains("data: null") ? List.of("data=train.jsonl") : List.of();
    return ExperimentFile.parse(file.toString(), yaml, overrides);
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void everyOneIsValidAndNamedAfterItsFile(Path file) throws IOException {
    assertThat(parsed(file).name() + ".yaml").isEqualTo(file.getFileName().toString());
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void everyOneReadsBackTheSameWhenItIsResolved(Path file) throws IOException {
    Experiment experiment = parsed(file);

    assertThat(ExperimentFile.parse("config.yaml", ExperimentFile.write(experiment), List.of()))
        .isEqualTo(experiment);
  }

  @Test
  void gsm8kStepsHasNoDataOfItsOwnAndSaysWhereItIs() {
    assertThatThrownBy(() -> ExperimentFile.read(CONFIGS.resolve("gsm8k-steps.yaml"), List.of()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("grade_school_math/data/train.jsonl")
        .hasMessageNotContaining("\n");
  }

  @Test
  void wordProblemsAsksForTheModel() {
    assertThatThrownBy(() -> ExperimentFile.read(CONFIGS.resolve("word-problems.yaml"), List.of()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("model.checkpoint");
  }
}
