package dev.hone.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.pipeline.config.ExperimentFile;
import dev.hone.pipeline.run.Progress;
import dev.hone.pipeline.spark.SparkEngine;
import dev.hone.pipeline.train.ExperimentRunner;
import dev.hone.rewards.code.CodeVerdict;
import dev.hone.sandbox.Sandbox;
import dev.hone.sandbox.SandboxSettings;
import dev.hone.sandbox.SandboxUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GRPO on Spark, paid by programs that pass their tests: answers, boxes, verdicts, metrics. */
class CodeRewardTrainingTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int STEPS = 2;
  private static final int ANSWERS = 6 * 4;

  @TempDir private Path folder;

  @BeforeAll
  static void needsIsolation() {
    try (Sandbox sandbox = new Sandbox(SandboxSettings.standard())) {
      sandbox.isolation();
    } catch (SandboxUnavailable e) {
      System.out.println("skipped: " + e.getMessage());
      Assumptions.abort(e.getMessage());
    }
  }

  /** Sums below ten: {@code 3+4=} asks for a program that prints 7. */
  private void writeProblems() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int a = 1; a <= 4; a++) {
      for (int b = 0; b <= 2; b++) {
        lines.add(
            JSON.writeValueAsString(
                Map.of(
                    "prompt",
                    a + "+" + b + "=",
                    "completion",
                    "print(" + (a + b) + ")",
                    "inputs",
                    List.of(""),
                    "outputs",
                    List.of(a + b + "\n"))));
      }
    }
    Files.write(folder.resolve("problems.jsonl"), lines);
  }

  @Test
  void aStepsVerdictsAndTimesAreItsMetrics() throws IOException {
    writeProblems();
    Path run = folder.resolve("tiny-code");
    List<Map<String, Object>> rows = new ArrayList<>();
    try (SparkEngine spark = new SparkEngine("test", "local[2]", Map.of())) {
      new ExperimentRunner(
              ExperimentFile.read(
                  Path.of("src/test/resources/tiny-code.yaml"),
                  List.of("output_dir=" + folder, "data=" + folder)),
              spark::stages,
              spark.parquetRows(),
              Progress.silent())
          .run();
      spark.parquetRows().read(run.resolve("scored")).forEach(rows::add);
    }

    List<JsonNode> scored = rows.stream().<JsonNode>map(JSON::valueToTree).toList();
    assertThat(scored).hasSize(STEPS * ANSWERS);
    assertThat(scored).allSatisfy(CodeRewardTrainingTest::isJudgedByWhatItPrints);
    assertThat(scored)
        .extracting(row -> row.get("reward").asDouble())
        .as("some programs are right and some are not, or this test shows nothing")
        .contains(0.0, 1.0);

    List<JsonNode> metrics = new ArrayList<>();
    for (String line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
      if (JSON.readTree(line).has("rewards/code/mean")) {
        metrics.add(JSON.readTree(line));
      }
    }
    assertThat(metrics).hasSize(STEPS).allSatisfy(CodeRewardTrainingTest::areOfOneStep);
    double right = metrics.stream().mapToDouble(m -> m.get("rewards/code/mean").asDouble()).sum();
    assertThat(right * ANSWERS)
        .isCloseTo(
            scored.stream().mapToDouble(row -> row.get("reward").asDouble()).sum(), within(1e-6));
    assertThat(run.resolve("report.html")).content().contains("rewards/code/verdict/AC");
  }

  /** What its verdict must be can be told from a program this short without running it. */
  private static void isJudgedByWhatItPrints(JsonNode row) {
    JsonNode judgement = row.get("judgements").get(0);
    String program = row.at("/rollout/completion").asText().strip();
    String prompt = row.at("/rollout/prompt/text").asText();
    boolean right = program.equals("print(" + (prompt.charAt(0) + prompt.charAt(2) - 96) + ")");
    if (program.matches("print\\((0|[1-9]\\d*)\\)")) {
      assertThat(judgement.get("reason").asText()).startsWith(right ? "AC:" : "WA:");
    }
    if (right) {
      assertThat(judgement.get("verdict").asText()).isEqualTo("CORRECT");
      assertThat(row.get("reward").asDouble()).isEqualTo(1);
    }
    assertThat(judgement.get("reason").asText()).doesNotStartWith("IE");
  }

  private static void areOfOneStep(JsonNode metrics) {
    double share =
        Stream.of(CodeVerdict.values())
            .mapToDouble(verdict -> metrics.get("rewards/code/verdict/" + verdict).asDouble())
            .sum();
    assertThat(share).as("shares of the verdicts").isCloseTo(1, within(1e-6));
    assertThat(metrics.get("rewards/code/verdict/IE").asDouble()).isZero();
    assertThat(metrics.get("rewards/code/tests_passed").asDouble()).isBetween(0.0, 1.0);
    assertThat(metrics.get("rewards/code/cpu_s").asDouble()).isBetween(1e-4, 2.0);
    assertThat(metrics.get("rewards/code/wall_s").asDouble()).isBetween(1e-4, 8.0);
    assertThat(metrics.get("rewards/code/memory_mb").asDouble()).isBetween(0.1, 512.0);
  }
}
