package dev.hone.pipeline.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Rows that could not be used, each with where it stands, why, and how it begins. */
public final class BadRows {

  /**
   * A row set aside.
   *
   * @param row its position in the dataset, from 0
   * @param place file and line, or file and row
   * @param reason what is wrong, in one line
   * @param excerpt how the raw row begins
   */
  public record BadRow(long row, String place, String reason, String excerpt) {}

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int EXCERPT = 200;
  private static final int NAMED = 3;

  private final List<BadRow> rows = new ArrayList<>();

  void add(Row row, String reason) {
    add(row.number(), row.place(), reason, row.columns().toString());
  }

  void add(long row, String place, String reason, String raw) {
    String excerpt = raw.length() <= EXCERPT ? raw : raw.substring(0, EXCERPT) + "...";
    rows.add(new BadRow(row, place, reason, excerpt));
  }

  public int count() {
    return rows.size();
  }

  public List<BadRow> rows() {
    return List.copyOf(rows);
  }

  /** One line for a person: how many, why, and the first places of each reason. */
  public String summary() {
    if (rows.isEmpty()) {
      return "no rows set aside";
    }
    Map<String, List<BadRow>> byReason =
        rows.stream()
            .collect(
                Collectors.groupingBy(BadRow::reason, LinkedHashMap::new, Collectors.toList()));
    String reasons =
        byReason.entrySet().stream()
            .map(
                entry ->
                    entry.getValue().size()
                        + " × "
                        + entry.getKey()
                        + " ("
                        + entry.getValue().stream()
                            .limit(NAMED)
                            .map(BadRow::place)
                            .collect(Collectors.joining(", "))
                        + (entry.getValue().size() > NAMED ? ", ..." : "")
                        + ")")
            .collect(Collectors.joining("; "));
    return rows.size() + (rows.size() == 1 ? " row" : " rows") + " set aside: " + reasons;
  }

  /** Writes them as JSON lines, for a user to mend. */
  public void write(Path file) {
    try {
      List<String> lines = new ArrayList<>();
      for (BadRow row : rows) {
        lines.add(JSON.writeValueAsString(row));
      }
      Files.write(file, lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
