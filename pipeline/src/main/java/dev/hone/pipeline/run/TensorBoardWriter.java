package dev.hone.pipeline.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * TensorBoard event files: TFRecords (length, masked CRC-32C, bytes, masked CRC-32C) of {@code
 * tensorflow.Event} messages with {@code Summary} scalars. The layouts are those of TensorFlow's
 * {@code record_writer.h}, {@code event.proto} and {@code summary.proto}.
 *
 * <p>Events say nothing that the metrics do not: opening a writer replaces the directory's events
 * by those of the rows that still stand, so a run that goes on never shows a step twice.
 */
public final class TensorBoardWriter implements AutoCloseable {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final FileChannel channel;

  private TensorBoardWriter(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Opens a directory of events.
   *
   * @param directory created where it is missing; event files in it are replaced
   * @param rows what was logged before, of the steps that still stand
   */
  public static TensorBoardWriter open(Path directory, List<MetricsRow> rows) {
    try {
      Files.createDirectories(directory);
      List<Path> before;
      try (Stream<Path> children = Files.list(directory)) {
        before =
            children.filter(path -> path.getFileName().toString().contains("tfevents")).toList();
      }
      double now = System.currentTimeMillis() / 1e3;
      // TensorBoard reads a directory's files in the order of their names.
      Path file =
          directory.resolve(
              String.format(
                  Locale.ROOT,
                  "events.out.tfevents.%010d.%06d.hone",
                  (long) now,
                  ProcessHandle.current().pid()));
      ByteArrayOutputStream events = new ByteArrayOutputStream();
      double start = rows.isEmpty() ? now : rows.get(0).time();
      events.writeBytes(record(version(start)));
      rows.forEach(row -> events.writeBytes(record(scalars(row))));
      AtomicDirectory.publishFile(file, aside -> Files.write(aside, events.toByteArray()));
      for (Path path : before) {
        if (!path.equals(file)) {
          Files.deleteIfExists(path);
        }
      }
      return new TensorBoardWriter(
          FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write " + directory + ": " + AtomicDirectory.reason(e), e);
    }
  }

  /** Adds a step's numbers. */
  public void append(MetricsRow row) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(record(scalars(row)));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write TensorBoard events: " + AtomicDirectory.reason(e), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code Event {double wall_time = 1; string file_version = 3;}}, which opens every file. */
  private static byte[] version(double time) {
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    putDouble(event, 1, time);
    putBytes(event, 3, "brain.Event:2".getBytes(StandardCharsets.US_ASCII));
    return event.toByteArray();
  }

  /**
   * {@code Event {double wall_time = 1; int64 step = 2; Summary summary = 5;}} with a {@code Value
   * {string tag = 1; float simple_value = 2;}} for each number.
   */
  private static byte[] scalars(MetricsRow row) {
    ByteArrayOutputStream summary = new ByteArrayOutputStream();
    for (Map.Entry<String, Double> metric : row.metrics().entrySet()) {
      ByteArrayOutputStream value = new ByteArrayOutputStream();
      putBytes(value, 1, metric.getKey().getBytes(StandardCharsets.UTF_8));
      putKey(value, 2, FIXED32);
      value.writeBytes(little(4).putFloat(metric.getValue().floatValue()).array());
      putBytes(summary, 1, value.toByteArray());
    }
    ByteArrayOutputStream event = new ByteArrayOutputStream();
    putDouble(event, 1, row.time());
    putKey(event, 2, VARINT);
    putVarint(event, row.step());
    putBytes(event, 5, summary.toByteArray());
    return event.toByteArray();
  }

  private static byte[] record(byte[] event) {
    byte[] length = little(8).putLong(event.length).array();
    return little(8 + 4 + event.length + 4)
        .put(length)
        .putInt(maskedCrc(length))
        .put(event)
        .putInt(maskedCrc(event))
        .array();
  }

  private static int maskedCrc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }

  private static void putDouble(ByteArrayOutputStream out, int field, double value) {
    putKey(out, field, FIXED64);
    out.writeBytes(little(8).putDouble(value).array());
  }

  private static void putBytes(ByteArrayOutputStream out, int field, byte[] value) {
    putKey(out, field, BYTES);
    putVarint(out, value.length);
    out.writeBytes(value);
  }

  private static void putKey(ByteArrayOutputStream out, int field, int wireType) {
    putVarint(out, (long) field << 3 | wireType);
  }

  private static void putVarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
