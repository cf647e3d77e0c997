package dev.hone.pipeline.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSONL file with a row for every step of a run, each with its {@code stage} and {@code step},
 * which has each step once however often the run was killed: a last line torn by the end of the
 * process is cut off, and going on from a checkpoint drops the rows past it.
 */
public final class StepLog implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  private final Path file;
  private FileChannel channel;

  private StepLog(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Opens or creates a log and repairs its end. */
  public static StepLog open(Path file) {
    try {
      return new StepLog(file, append(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open " + file, e);
    }
  }

  private static FileChannel append(Path file) throws IOException {
    long whole = 0;
    if (Files.exists(file)) {
      whole = lastNewline(file) + 1;
    }
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.truncate(whole);
    channel.position(whole);
    return channel;
  }

  private static long lastNewline(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer block = ByteBuffer.allocate(1 << 16);
      long end = channel.size();
      while (end > 0) {
        long start = Math.max(0, end - block.capacity());
        block.clear().limit((int) (end - start));
        while (block.hasRemaining() && channel.read(block, start + block.position()) >= 0) {
          // until the block is full
        }
        for (int i = block.position() - 1; i >= 0; i--) {
          if (block.get(i) == '\n') {
            return start + i;
          }
        }
        end = start;
      }
      return -1;
    }
  }

  /**
   * Adds a row. It is in the file when this returns; only a power cut can lose it, until {@link
   * #sync}.
   *
   * @param row has {@code stage} and {@code step}
   */
  public void append(ObjectNode row) {
    if (!row.path("stage").isTextual() || !row.path("step").isIntegralNumber()) {
      throw new IllegalArgumentException("a row needs a stage and a step: " + row);
    }
    try {
      ByteBuffer line = ByteBuffer.wrap((row + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        channel.write(line);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + AtomicDirectory.reason(e), e);
    }
  }

  /** Flushes the file to the disk. */
  public void sync() {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Every whole row of a log, oldest first; none where there is no file. */
  public static List<ObjectNode> read(Path file) {
    List<ObjectNode> rows = new ArrayList<>();
    if (!Files.exists(file)) {
      return rows;
    }
    String text;
    try {
      // Not readString: a line torn within a character would be refused as malformed.
      text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      rows.add(parse(file, rows.size() + 1, text.substring(start, end)));
      start = end + 1;
    }
    return rows;
  }

  private static ObjectNode parse(Path file, int line, String text) {
    try {
      JsonNode node = JSON.readTree(text);
      if (node instanceof ObjectNode row) {
        return row;
      }
    } catch (JsonProcessingException e) {
      throw new InvalidInput(
          file + ", line " + line + " is no JSON (" + e.getOriginalMessage() + "): remove it", e);
    }
    throw new InvalidInput(file + ", line " + line + " is no JSON object: remove it");
  }

  /**
   * Drops the rows that come after a step, which a run that goes on from its checkpoint writes
   * anew. The replacement is atomic.
   *
   * @param finished the stages before {@code stage}: all their rows stay
   * @param stage the stage to go on in
   * @param step its last step that stays
   */
  public void keepThrough(List<String> finished, String stage, long step) {
    replace(
        read(file).stream()
            .filter(
                row -> {
                  String name = row.path("stage").asText();
                  return name.equals(stage)
                      ? row.path("step").asLong() <= step
                      : finished.contains(name);
                })
            .toList());
  }

  /** Drops every row: a run without a checkpoint begins anew. */
  public void clear() {
    replace(List.of());
  }

  private void replace(List<ObjectNode> rows) {
    StringBuilder text = new StringBuilder();
    rows.forEach(row -> text.append(row).append('\n'));
    try {
      channel.close();
      AtomicDirectory.publishFile(file, text.toString());
      channel = append(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + file, e);
    }
  }
}
