package dev.hone.pipeline.spark;

import dev.hone.pipeline.stage.Batch;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * A stage's rows in a Parquet folder. They are written before anything reads them: two actions on a
 * lazy dataset would run the stage twice.
 *
 * @param <T> the noun
 */
final class ParquetBatch<T> implements Batch<T> {

  private final SparkSession spark;
  private final Path folder;
  private final RowCodec<T> codec;

  private ParquetBatch(SparkSession spark, Path folder, RowCodec<T> codec) {
    this.spark = spark;
    this.folder = folder;
    this.codec = codec;
  }

  /** Runs the job behind {@code rows} and keeps what it gives in {@code folder}. */
  static <T> ParquetBatch<T> write(
      SparkSession spark, JavaRDD<Row> rows, Path folder, RowCodec<T> codec) {
    spark
        .createDataFrame(rows, codec.schema())
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(folder.toUri().toString());
    return new ParquetBatch<>(spark, folder, codec);
  }

  /** The rows of a batch that one of the jobs here has written. */
  static Dataset<Row> rows(Batch<?> batch) {
    if (batch instanceof ParquetBatch<?> stored) {
      return stored.rows();
    }
    throw new IllegalArgumentException(
        "A Spark stage reads what a Spark stage has written, found " + batch.getClass());
  }

  private Dataset<Row> rows() {
    return spark.read().schema(codec.schema()).parquet(folder.toUri().toString());
  }

  @Override
  public List<T> collect() {
    return rows().collectAsList().stream().map(codec::decode).sorted(codec.order()).toList();
  }
}
