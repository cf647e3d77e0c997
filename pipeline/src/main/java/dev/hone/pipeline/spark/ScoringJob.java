package dev.hone.pipeline.spark;

import dev.hone.pipeline.stage.Batch;
import dev.hone.pipeline.stage.Rollout;
import dev.hone.pipeline.stage.ScoredRollout;
import dev.hone.pipeline.stage.ScoringStage;
import java.nio.file.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Maps {@link ScoringStage} over rollouts, each where it lies, and keeps the result as Parquet. */
final class ScoringJob {

  private static final RolloutCodec ROLLOUTS = new RolloutCodec();
  private static final ScoredRolloutCodec SCORED = new ScoredRolloutCodec();

  private final SparkSession spark;
  private final ScoringStage scoring;

  ScoringJob(SparkSession spark, ScoringStage scoring) {
    this.spark = spark;
    this.scoring = scoring;
  }

  Batch<ScoredRollout> run(Batch<Rollout> rollouts, Path folder) {
    JavaRDD<Row> scored = ParquetBatch.rows(rollouts).javaRDD().map(score(scoring));
    return ParquetBatch.write(spark, scored, folder, SCORED);
  }

  // Static, so that the closure takes no session along.
  private static Function<Row, Row> score(ScoringStage scoring) {
    return row -> SCORED.encode(scoring.apply(ROLLOUTS.decode(row)));
  }
}
