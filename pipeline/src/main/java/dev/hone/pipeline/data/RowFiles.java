package dev.hone.pipeline.data;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.hone.policy.InvalidInput;
import java.nio.file.Path;

/** The rows of files that need not fit into memory, as they are and whatever they mean. */
public final class RowFiles {

  /** Reads numbers with all their digits, so that a row is written back as it was. */
  public static final ObjectMapper EXACT_JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private RowFiles() {}

  /**
   * Shows the rows of a JSON file, of JSON lines, of a folder of them, or of a pattern such as
   * {@code data/*.jsonl}; plain or gzipped.
   *
   * @throws InvalidInput where there is no such file, or one that breaks off in the middle
   */
  public static void visitJson(Path path, RowVisitor visitor) {
    JsonRows.visit(DataFiles.jsonFiles(path), EXACT_JSON, visitor);
  }
}
