package dev.hone.pipeline.data;

import java.util.Map;

/** Is shown the rows of a file in their order, one at a time. */
public interface RowVisitor {

  /**
   * A row.
   *
   * @param place file and line, for messages
   * @param columns as JSON has them: strings, numbers, booleans, lists and maps; the visitor's own
   */
  void row(String place, Map<String, Object> columns);

  /**
   * Something that is no row.
   *
   * @param place file and line, for messages
   * @param reason what is wrong, in a few words
   * @param raw the text that stands there
   */
  void bad(String place, String reason, String raw);
}
