package dev.hone.pipeline.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.InvalidInput;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkException;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A user's Parquet file or folder as rows of JSON-like values, in the file's order. */
final class ParquetTable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> COLUMNS =
      new TypeReference<>() {};

  private final SparkSession spark;

  ParquetTable(SparkSession spark) {
    this.spark = spark;
  }

  List<Map<String, Object>> rows(Path path) {
    try {
      // One partition: the order of the rows is part of the data. Nulls are columns, too.
      Dataset<Row> table =
          spark.read().parquet(path.toAbsolutePath().toUri().toString()).coalesce(1);
      List<Map<String, Object>> rows = new ArrayList<>();
      for (String row : table.toJSON().collectAsList()) {
        Map<String, Object> columns = new LinkedHashMap<>();
        for (String column : table.columns()) {
          columns.put(column, null);
        }
        columns.putAll(JSON.readValue(row, COLUMNS));
        rows.add(columns);
      }
      return rows;
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(path + " has a row that JSON cannot hold", e);
    } catch (Exception e) {
      if (e instanceof AnalysisException || e instanceof SparkException) {
        throw new InvalidInput(path + " is not Parquet that can be read: " + firstLine(e), e);
      }
      throw e;
    }
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
  }
}
