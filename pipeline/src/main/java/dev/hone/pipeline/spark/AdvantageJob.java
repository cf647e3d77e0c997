package dev.hone.pipeline.spark;

import dev.hone.pipeline.stage.AdvantageStage;
import dev.hone.pipeline.stage.Batch;
import dev.hone.pipeline.stage.Experience;
import dev.hone.pipeline.stage.ScoredRollout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Maps {@link AdvantageStage} over the scored rollouts of a step and keeps the experience as
 * Parquet. The step is one partition here: some estimators whiten over the whole batch, and the
 * arithmetic is a handful of numbers a rollout.
 */
final class AdvantageJob {

  private static final ScoredRolloutCodec SCORED = new ScoredRolloutCodec();
  private static final ExperienceCodec EXPERIENCE = new ExperienceCodec();

  private final SparkSession spark;
  private final AdvantageStage advantages;

  AdvantageJob(SparkSession spark, AdvantageStage advantages) {
    this.spark = spark;
    this.advantages = advantages;
  }

  Batch<Experience> run(List<Batch<ScoredRollout>> rounds, Path folder) {
    Dataset<Row> scored =
        rounds.stream().map(ParquetBatch::rows).reduce(Dataset::union).orElseThrow();
    JavaRDD<Row> experience = scored.javaRDD().coalesce(1).mapPartitions(compare(advantages));
    return ParquetBatch.write(spark, experience, folder, EXPERIENCE);
  }

  // Static, so that the closure takes no session along.
  private static FlatMapFunction<Iterator<Row>, Row> compare(AdvantageStage advantages) {
    return rows -> {
      List<ScoredRollout> scored = new ArrayList<>();
      rows.forEachRemaining(row -> scored.add(SCORED.decode(row)));
      scored.sort(SCORED.order());
      return advantages.apply(scored).stream().map(EXPERIENCE::encode).iterator();
    };
  }
}
