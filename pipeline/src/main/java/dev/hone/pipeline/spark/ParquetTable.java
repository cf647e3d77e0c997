package dev.hone.pipeline.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.pipeline.data.RowFiles;
import dev.hone.pipeline.data.RowVisitor;
import dev.hone.pipeline.scoring.ParquetTables;
import dev.hone.pipeline.scoring.ScoredLines;
import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A user's Parquet file or folder as rows of JSON-like values, in the file's order, and back. */
final class ParquetTable implements ParquetTables {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Object>> COLUMNS =
      new TypeReference<>() {};

  /** JSON that loses nothing: nulls are columns, too, and times keep their microseconds. */
  private static final Map<String, String> WHOLE =
      Map.of(
          "ignoreNullFields",
          "false",
          "timestampFormat",
          "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX",
          "timestampNTZFormat",
          "yyyy-MM-dd'T'HH:mm:ss.SSSSSS");

  private static final long BYTES_OF_SLICE = 64L << 20;

  private final SparkSession spark;

  ParquetTable(SparkSession session) {
    this.spark = session.newSession();
    // A user's columns may differ in nothing but case.
    spark.conf().set("spark.sql.caseSensitive", true);
  }

  List<Map<String, Object>> rows(Path path) {
    List<Map<String, Object>> rows = new ArrayList<>();
    visit(
        path,
        JSON,
        new RowVisitor() {
          @Override
          public void row(String place, Map<String, Object> columns) {
            rows.add(columns);
          }

          @Override
          public void bad(String place, String reason, String raw) {
            throw new InvalidInput(place + ": " + reason);
          }
        });
    return rows;
  }

  @Override
  public void visit(Path path, RowVisitor visitor) {
    visit(path, RowFiles.EXACT_JSON, visitor);
  }

  private void visit(Path path, ObjectMapper json, RowVisitor visitor) {
    String wrong = path + " is not Parquet that can be read";
    Iterator<Row> rows = told(wrong, () -> stored(path).toLocalIterator());
    while (told(wrong, rows::hasNext)) {
      Row row = told(wrong, rows::next);
      visitor.row(place(path, row), read(path, json, row.getString(0)));
    }
  }

  /** Each row as JSON, with the file it comes from and its place there. */
  private Dataset<Row> stored(Path path) {
    Dataset<Row> table = spark.read().parquet(uri(path));
    Column whole = to_json(struct(columns(Arrays.asList(table.columns()))), WHOLE);
    return inOrder(
        path,
        table.select(
            whole.as("row"),
            col("_metadata.file_path").as("file"),
            col("_metadata.row_index").as("index")));
  }

  /** The order of the rows is part of the data; Spark reads the largest files first. */
  private static Dataset<Row> inOrder(Path path, Dataset<Row> rows) {
    if (Files.isRegularFile(path)) {
      return rows;
    }
    int slices = (int) Math.max(1, Math.min(1000, bytes(path) / BYTES_OF_SLICE));
    return rows.repartitionByRange(slices, col("file"), col("index"))
        .sortWithinPartitions("file", "index");
  }

  private static long bytes(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      long sum = 0;
      for (Path file : (Iterable<Path>) files::iterator) {
        sum += Files.isRegularFile(file) ? Files.size(file) : 0;
      }
      return sum;
    } catch (IOException e) {
      throw new InvalidInput("the folder " + folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static String place(Path path, Row row) {
    Path file = Path.of(URI.create(row.getString(1)));
    Path folder = path.toAbsolutePath().normalize();
    Path shown = file.startsWith(folder) && !file.equals(folder) ? folder.relativize(file) : null;
    return (shown == null ? file.getFileName() : shown) + " row " + row.getLong(2);
  }

  private static Map<String, Object> read(Path path, ObjectMapper json, String row) {
    try {
      return json.readValue(row, COLUMNS);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(path + " has a row that JSON cannot hold", e);
    }
  }

  @Override
  public void write(Path lines, List<String> columns, Optional<Path> like, Path target) {
    Path folder = lines.resolveSibling(lines.getFileName() + ".parquet");
    told(
        "the rows cannot be written as Parquet",
        () -> {
          StructType known =
              like.isPresent()
                  ? spark.read().parquet(uri(like.get())).schema()
                  : spark.read().json(uri(lines)).schema();
          spark
              .read()
              .options(WHOLE)
              .option("mode", "FAILFAST")
              .schema(schema(known, columns))
              .json(uri(lines))
              .coalesce(1)
              .write()
              .mode(SaveMode.Overwrite)
              .parquet(uri(folder));
          return folder;
        });
    try {
      takeOnlyFile(folder, target);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + target + ": " + e.getMessage(), e);
    }
  }

  /** The known types in the order of the columns; what has none, such as a judgement, is text. */
  private static StructType schema(StructType known, List<String> columns) {
    Set<String> typed = new HashSet<>(Arrays.asList(known.fieldNames()));
    typed.removeAll(ScoredLines.COLUMNS);
    StructType schema = new StructType();
    for (String column : columns) {
      schema =
          column.equals(ScoredLines.SCORE)
              ? schema.add(column, DataTypes.DoubleType)
              : schema.add(
                  column,
                  typed.contains(column) ? known.apply(column).dataType() : DataTypes.StringType);
    }
    return schema;
  }

  private static void takeOnlyFile(Path folder, Path target) throws IOException {
    List<Path> files;
    try (Stream<Path> children = Files.list(folder)) {
      files = children.sorted().toList();
    }
    for (Path file : files) {
      if (file.getFileName().toString().startsWith("part-")) {
        Files.move(file, target);
      } else {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private static Column[] columns(List<String> names) {
    return names.stream()
        .map(name -> col('`' + name.replace("`", "``") + '`'))
        .toArray(Column[]::new);
  }

  private static String uri(Path path) {
    return path.toAbsolutePath().toUri().toString();
  }

  /** Runs work on a user's table; what Spark finds wrong with the table is told in one line. */
  private static <T> T told(String wrong, Supplier<T> work) {
    try {
      return work.get();
    } catch (Exception e) { // Scala throws checked exceptions without saying so.
      if (e instanceof AnalysisException || e instanceof SparkException) {
        throw new InvalidInput(wrong + ": " + firstLine(e), e);
      }
      throw e;
    }
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("").strip();
  }
}
