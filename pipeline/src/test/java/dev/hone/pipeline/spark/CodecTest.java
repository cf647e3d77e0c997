package dev.hone.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.pipeline.data.Prompt;
import dev.hone.pipeline.stage.Experience;
import dev.hone.pipeline.stage.Rollout;
import dev.hone.pipeline.stage.ScoredRollout;
import dev.hone.rewards.Judgement;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every noun survives Parquet. */
class CodecTest {

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void startSpark() {
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .getOrCreate();
  }

  @AfterAll
  static void stopSpark() {
    spark.stop();
  }

  private static Experience experience(long prompt, int sample) {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("answer", "42");
    columns.put("nested", Map.of("list", List.of(1, 2.5, "three"), "flag", true));
    columns.put("missing", null);
    Map<String, Judgement> judgements = new LinkedHashMap<>();
    judgements.put("accuracy", Judgement.correct("42", "42 = 42"));
    judgements.put("format", Judgement.notApplicable("no format was asked for"));
    Rollout rollout =
        new Rollout(
            new Prompt(prompt, "6*7=", new int[] {1, 9, 7}, columns),
            sample,
            3,
            "#42 ½ 😀\n",
            new int[] {4, 2, 2},
            new float[] {-0.1f, Float.MIN_VALUE, -1e9f},
            new float[] {-0.2f, 0f, -0f},
            "eos");
    return new Experience(new ScoredRollout(rollout, Double.NaN, judgements), -0.7071067811865475);
  }

  @Test
  void experienceComesBackFromParquetInOrderOfPromptAndSample() {
    ExperienceCodec codec = new ExperienceCodec();
    List<Experience> written =
        List.of(experience(7, 1), experience(2, 1), experience(7, 0), experience(2, 0));

    ParquetBatch<Experience> batch =
        ParquetBatch.write(
            spark,
            JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(written.stream().map(codec::encode).toList(), 3),
            folder.resolve("experience"),
            codec);

    // Rows compare by value, down to the arrays; records that hold arrays do not.
    assertThat(batch.collect().stream().map(codec::encode))
        .containsExactlyElementsOf(
            Stream.of(experience(2, 0), experience(2, 1), experience(7, 0), experience(7, 1))
                .map(codec::encode)
                .toList());
  }
}
