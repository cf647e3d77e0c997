package dev.hone.pipeline.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads Parquet; the one thing about data that needs Spark, and so is supplied from outside. */
@FunctionalInterface
public interface ParquetRows {

  /** Every row, in order, with nested structures as lists and maps as JSON has them. */
  List<Map<String, Object>> read(Path fileOrFolder);
}
