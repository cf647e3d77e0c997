package dev.hone.pipeline.scoring;

import dev.hone.pipeline.data.RowFiles;
import dev.hone.rewards.Judgement;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Writes judged rows as JSON lines, each row whole and then its {@link #COLUMNS}, in one file or in
 * several of a bounded size.
 */
public final class ScoredLines implements AutoCloseable {

  /** The number; the other columns that are added are text. */
  public static final String SCORE = "score";

  /** What is added to a row; what it had under these names is replaced. */
  public static final List<String> COLUMNS = List.of(SCORE, "verdict", "extracted", "reason");

  private static final int ROWS_OF_PART = 100_000;

  private final Path folder;
  private final boolean several;
  private final List<Path> files = new ArrayList<>();
  private final Set<String> columns = new LinkedHashSet<>();
  private BufferedWriter writer;
  private int rowsOfFile;

  /**
   * @param folder where the files are written
   * @param several whether there may be more than one
   */
  ScoredLines(Path folder, boolean several) {
    this.folder = folder;
    this.several = several;
    next();
  }

  void write(Map<String, Object> row, Judgement judgement) {
    Map<String, Object> judged = new LinkedHashMap<>(row);
    COLUMNS.forEach(judged::remove);
    columns.addAll(judged.keySet());
    judged.put(SCORE, Double.isFinite(judgement.score()) ? judgement.score() : null);
    judged.put("verdict", judgement.verdict().name());
    judged.put("extracted", judgement.extracted());
    judged.put("reason", judgement.reason());
    try {
      if (several && rowsOfFile == ROWS_OF_PART) {
        writer.close();
        next();
      }
      rowsOfFile++;
      writer.write(RowFiles.EXACT_JSON.writeValueAsString(judged));
      writer.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + files.get(files.size() - 1), e);
    }
  }

  private void next() {
    Path file = folder.resolve(String.format(Locale.ROOT, "part-%05d.jsonl", files.size()));
    try {
      writer = Files.newBufferedWriter(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
    files.add(file);
    rowsOfFile = 0;
  }

  /** The files written so far, in order. */
  List<Path> files() {
    return files;
  }

  /** Every column of the rows, in the order of their first appearance; then what was added. */
  List<String> columns() {
    List<String> all = new ArrayList<>(columns);
    all.addAll(COLUMNS);
    return all;
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
