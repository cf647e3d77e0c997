package dev.hone.pipeline.data;

import com.google.common.hash.Hashing;
import dev.hone.pipeline.config.DatasetSection;
import dev.hone.policy.InvalidInput;
import dev.hone.rewards.Columns;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Which rows of a file belong to {@code split}: those whose column {@code split} (or verl's {@code
 * extra_info.split}) says so; where there is no such column, the rows are divided into {@code
 * train} and {@code test} by a hash of the prompt, so that equal prompts fall on one side and the
 * division does not change when rows are added.
 */
final class FileSplit {

  private static final List<String> COLUMNS = List.of("split", "extra_info.split");

  private FileSplit() {}

  static boolean takes(DatasetSection section, Row row, String prompt) {
    if (section.split().isEmpty()) {
      return true;
    }
    String split = section.split().get();
    Map<String, Object> columns = row.columns();
    for (String column : COLUMNS) {
      if (Columns.value(columns, column) instanceof String written) {
        return written.equals(split);
      }
    }
    boolean test = unit(prompt) < section.testFraction();
    return switch (split) {
      case "train" -> !test;
      case "test" -> test;
      default ->
          throw new InvalidInput(
              section.title()
                  + ": split is '"
                  + split
                  + "'; a file without a column 'split' is divided into train and test");
    };
  }

  /** A number in [0, 1) that follows from the text alone. */
  static double unit(String text) {
    long hash = Hashing.sipHash24().hashString(text, StandardCharsets.UTF_8).asLong();
    return (hash >>> 11) * 0x1.0p-53;
  }
}
