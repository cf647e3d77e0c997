package dev.hone.pipeline.spark;

import dev.hone.pipeline.data.Prompt;
import dev.hone.pipeline.stage.PolicyReference;
import dev.hone.pipeline.stage.Rollout;
import dev.hone.pipeline.stage.RolloutSettings;
import dev.hone.pipeline.stage.RolloutStage;
import dev.hone.pipeline.stage.SampledBatch;
import dev.hone.policy.generation.GenerationListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Maps {@link RolloutStage} over partitions of the prompts and keeps the rollouts as Parquet. */
final class RolloutJob {

  private static final PromptCodec PROMPTS = new PromptCodec();
  private static final RolloutCodec ROLLOUTS = new RolloutCodec();

  private final SparkSession spark;
  private final PolicyReference policy;
  private final RolloutSettings settings;

  RolloutJob(SparkSession spark, PolicyReference policy, RolloutSettings settings) {
    this.spark = spark;
    this.policy = policy;
    this.settings = settings;
  }

  SampledBatch run(List<Prompt> prompts, Path folder) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    PartitionStatistics statistics = new PartitionStatistics();
    spark.sparkContext().register(statistics, "generation");
    // Slices in order, not by hash: hashing leaves partitions of uneven size, and which prompts
    // share a batch must follow from the data alone.
    JavaRDD<Row> rows =
        context.parallelize(prompts.stream().map(PROMPTS::encode).toList(), partitions(prompts));
    JavaRDD<Row> rollouts = rows.mapPartitionsWithIndex(sample(policy, settings, statistics), true);
    ParquetBatch<Rollout> batch = ParquetBatch.write(spark, rollouts, folder, ROLLOUTS);
    return new SampledBatch(batch, statistics.inOrder());
  }

  private int partitions(List<Prompt> prompts) {
    return Math.max(1, Math.min(settings.partitions(), prompts.size()));
  }

  // Static, so that the closure takes no session along.
  private static Function2<Integer, Iterator<Row>, Iterator<Row>> sample(
      PolicyReference policy, RolloutSettings settings, PartitionStatistics statistics) {
    return (partition, rows) -> {
      List<Prompt> prompts = new ArrayList<>();
      rows.forEachRemaining(row -> prompts.add(PROMPTS.decode(row)));
      if (prompts.isEmpty()) {
        return List.<Row>of().iterator();
      }
      RolloutStage.Result result =
          new RolloutStage(policy, settings).apply(prompts, GenerationListener.NONE);
      statistics.add(Map.entry(partition, result.statistics()));
      return result.rollouts().stream().map(ROLLOUTS::encode).iterator();
    };
  }
}
