package dev.hone.pipeline.spark;

import com.google.common.collect.Iterators;
import dev.hone.pipeline.stage.Batch;
import dev.hone.pipeline.stage.Rollout;
import dev.hone.pipeline.stage.ScoredRollout;
import dev.hone.pipeline.stage.ScoringStage;
import dev.hone.rewards.CompositeJudgement;
import dev.hone.rewards.RewardInput;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Maps {@link ScoringStage} over rollouts, each where it lies, and keeps the result as Parquet; or
 * over answers from elsewhere, and gives their judgements back.
 */
final class ScoringJob {

  private static final RolloutCodec ROLLOUTS = new RolloutCodec();

  /** Answers differ in what judging them takes: a few tasks a core even that out. */
  private static final int TASKS_PER_CORE = 3;

  private static final ScoredRolloutCodec SCORED = new ScoredRolloutCodec();

  private final SparkSession spark;
  private final ScoringStage scoring;

  ScoringJob(SparkSession spark, ScoringStage scoring) {
    this.spark = spark;
    this.scoring = scoring;
  }

  Batch<ScoredRollout> run(Batch<Rollout> rollouts, Path folder) {
    JavaRDD<Row> scored = ParquetBatch.rows(rollouts).javaRDD().mapPartitions(score(scoring));
    return ParquetBatch.write(spark, scored, folder, SCORED);
  }

  List<CompositeJudgement> run(List<RewardInput> answers) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int partitions = Math.min(answers.size(), TASKS_PER_CORE * context.defaultParallelism());
    return context.parallelize(answers, Math.max(1, partitions)).map(judge(scoring)).collect();
  }

  // Static, so that the closure takes no session along.
  private static Function<RewardInput, CompositeJudgement> judge(ScoringStage scoring) {
    return scoring::judge;
  }

  private static FlatMapFunction<Iterator<Row>, Row> score(ScoringStage scoring) {
    return rows ->
        Iterators.transform(
            scoring.apply(Iterators.transform(rows, ROLLOUTS::decode)), SCORED::encode);
  }
}
