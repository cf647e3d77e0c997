package dev.hone.pipeline.scoring;

import dev.hone.pipeline.data.RowVisitor;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Reads and writes Parquet; Spark does, and so it is supplied from outside. */
public interface ParquetTables {

  /**
   * Shows the rows of a file or of a folder, in the order of their names; the folders {@code
   * stage=grpo/step=000012} of a run give columns of their own.
   */
  void visit(Path fileOrFolder, RowVisitor visitor);

  /**
   * Makes one Parquet file of JSON lines, its rows in their order.
   *
   * @param lines the JSON lines
   * @param columns what they hold, in the order the file is to have them
   * @param like Parquet whose column types are kept; otherwise they follow from the values
   * @param target the file, in a folder that exists
   */
  void write(Path lines, List<String> columns, Optional<Path> like, Path target);
}
