package dev.hone.pipeline.spark;

import dev.hone.pipeline.data.ParquetRows;
import dev.hone.pipeline.scoring.ParquetTables;
import dev.hone.pipeline.stage.Stages;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * Spark, started when it is first needed: reading JSONL or checking an experiment needs none.
 * Embedded in local mode, or whatever {@code spark-submit} says.
 */
public final class SparkEngine implements AutoCloseable {

  private final String application;
  private final String master;
  private final Map<String, String> settings;
  private SparkSession session;

  /**
   * @param application its name in Spark's own pages
   * @param master master URL, unless {@code spark-submit} has given one
   * @param settings further Spark settings, which win over Hone's
   */
  public SparkEngine(String application, String master, Map<String, String> settings) {
    this.application = application;
    this.master = master;
    this.settings = Map.copyOf(settings);
  }

  /** The distributed stages. */
  public Stages stages() {
    return new SparkStages(session());
  }

  /** A reader of Parquet datasets. */
  public ParquetRows parquetRows() {
    return path -> new ParquetTable(session()).rows(path);
  }

  /** Parquet as rows and back, for scoring files. */
  public ParquetTables parquetTables() {
    return new ParquetTable(session());
  }

  private synchronized SparkSession session() {
    if (session == null) {
      SparkSession.Builder builder = SparkSession.builder().appName(application);
      if (Optional.ofNullable(System.getProperty("spark.master")).isEmpty()) {
        builder.master(master);
      }
      if (master.startsWith("local")) {
        builder
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            // A stage here has few, small partitions: listing and merging them costs more than it
            // saves.
            .config("spark.sql.adaptive.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1");
      }
      builder.config("spark.sql.parquet.compression.codec", "zstd");
      settings.forEach(builder::config);
      session = builder.getOrCreate();
    }
    return session;
  }

  @Override
  public synchronized void close() {
    if (session != null) {
      session.stop();
      session = null;
    }
  }
}
