package dev.hone.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.pipeline.config.ExperimentFile;
import dev.hone.pipeline.run.Progress;
import dev.hone.pipeline.spark.SparkEngine;
import dev.hone.pipeline.train.ExperimentRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hone score} on what a real run has kept. */
class ScoreRolloutsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @Test
  void aRunsRolloutsScoredAgainGetTheScoresOfTheRun() throws IOException {
    Map<String, JsonNode> before = new HashMap<>();
    try (SparkEngine spark = new SparkEngine("test", "local[2]", Map.of())) {
      new ExperimentRunner(
              ExperimentFile.read(
                  Path.of("src/test/resources/tiny.yaml"),
                  List.of("output_dir=" + folder, "stages.grpo.max_steps=3")),
              spark::stages,
              spark.parquetRows(),
              Progress.silent())
          .run();
      for (Map<String, Object> row : spark.parquetRows().read(folder.resolve("tiny/scored"))) {
        JsonNode scored = JSON.valueToTree(row);
        before.put(key(scored.get("rollout"), scored), judgement(scored, "accuracy"));
      }
    }

    int code;
    String output;
    try (HoneProcess hone =
        HoneProcess.start(
            folder,
            "score",
            "--verifier",
            "final_number",
            "--option",
            "marker='#'",
            "--option",
            "extract=[hash]",
            folder.resolve("tiny").toString(),
            "--out",
            "rescored.jsonl")) {
      code = hone.await();
      output = hone.output();
    }

    assertThat(code).as(output).isZero();
    List<JsonNode> after = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("rescored.jsonl"))) {
      after.add(JSON.readTree(line));
    }
    assertThat(after).hasSize(3 * 8 * 4).hasSize(before.size());
    assertThat(after)
        .allSatisfy(
            row -> {
              JsonNode then = before.get(key(row, row));
              assertThat(row.get("score")).isEqualTo(then.get("score"));
              assertThat(row.get("verdict")).isEqualTo(then.get("verdict"));
            })
        .extracting(row -> row.get("step").asInt())
        .isSorted();
  }

  private static String key(JsonNode rollout, JsonNode place) {
    return place.get("step") + "/" + rollout.at("/prompt/id") + "/" + rollout.get("sample");
  }

  private static JsonNode judgement(JsonNode scored, String name) {
    for (JsonNode judgement : scored.get("judgements")) {
      if (judgement.get("name").asText().equals(name)) {
        return judgement;
      }
    }
    throw new AssertionError("no judgement named " + name);
  }
}
