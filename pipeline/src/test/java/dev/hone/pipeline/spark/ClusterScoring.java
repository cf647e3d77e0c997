package dev.hone.pipeline.spark;

import dev.hone.pipeline.data.Prompt;
import dev.hone.pipeline.stage.Rollout;
import dev.hone.pipeline.stage.ScoredRollout;
import dev.hone.pipeline.stage.ScoringStage;
import dev.hone.rewards.RewardSpec;
import dev.hone.sandbox.SandboxSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * The driver of {@link ClusterScoringTest}, a process of its own since Spark's workers find Spark
 * by an environment variable: scores rollouts on two executors and prints a line for each.
 */
final class ClusterScoring {

  static final int EXECUTORS = 2;
  static final int SLOTS = 2;
  static final int ROLLOUTS = 24;

  private ClusterScoring() {}

  /**
   * @param arguments a folder for the rows
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    String classPath = System.getProperty("java.class.path");
    try (SparkSession spark =
        SparkSession.builder()
            .master("local-cluster[" + EXECUTORS + ",1,1024]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.executor.extraClassPath", classPath)
            .config("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1")
            // Both are there before the first task, so that each gets its share.
            .config("spark.scheduler.minRegisteredResourcesRatio", "1")
            .getOrCreate()) {
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      RolloutCodec codec = new RolloutCodec();
      ParquetBatch<Rollout> rollouts =
          ParquetBatch.write(
              spark,
              context.parallelize(rollouts().stream().map(codec::encode).toList(), EXECUTORS),
              folder.resolve("rollouts"),
              codec);
      ScoringStage scoring =
          new ScoringStage(
              List.of(new RewardSpec("code", "code", 1, Map.of())),
              SandboxSettings.standard().withSlots(SLOTS));
      for (ScoredRollout scored :
          new ScoringJob(spark, scoring).run(rollouts, folder.resolve("scored")).collect()) {
        System.out.println(
            "scored "
                + scored.rollout().prompt().id()
                + " "
                + scored.reward()
                + " "
                + scored.judgements().get("code").reason());
      }
    }
  }

  /** Programs that take a while, every third of them wrong. */
  private static List<Rollout> rollouts() {
    List<Rollout> rollouts = new ArrayList<>();
    for (int number = 0; number < ROLLOUTS; number++) {
      Map<String, Object> tests = Map.of("inputs", List.of("20\n"), "outputs", List.of("40\n"));
      String program =
          "import time\ntime.sleep(0.3)\nprint(int(input()) * " + (number % 3 == 0 ? 3 : 2) + ")\n";
      rollouts.add(
          new Rollout(
              new Prompt(number, "Double it.", new int[] {1}, tests),
              0,
              0,
              program,
              new int[] {2},
              new float[] {-1},
              new float[] {-1},
              "eos"));
    }
    return rollouts;
  }
}
