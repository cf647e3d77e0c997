package dev.hone.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardWriterTest {

  @TempDir Path folder;

  @Test
  void eventsReadAsTheRowsThatWereWritten() throws IOException {
    try (TensorBoardWriter writer = TensorBoardWriter.open(folder, List.of())) {
      writer.append(row(1, 0.5));
      writer.append(row(300, -2.25));
    }
    assertThat(scalars())
        .containsExactly(
            "1 101.0 loss=0.5", "1 101.0 eval/test/pass@1=0.25",
            "300 400.0 loss=-2.25", "300 400.0 eval/test/pass@1=0.25");
  }

  @Test
  void aRunThatGoesOnShowsNoStepTwice() throws IOException {
    try (TensorBoardWriter writer = TensorBoardWriter.open(folder, List.of())) {
      writer.append(row(1, 1));
      writer.append(row(2, 2));
      writer.append(row(3, 3));
    }
    try (TensorBoardWriter writer = TensorBoardWriter.open(folder, List.of(row(1, 1)))) {
      writer.append(row(2, 20));
    }
    assertThat(scalars().stream().filter(s -> s.contains("loss")).toList())
        .containsExactly("1 101.0 loss=1.0", "2 102.0 loss=20.0");
  }

  @Test
  void theChecksumIsCastagnolisPolynomialMasked() {
    // RFC 3720, B.4: 32 bytes of zeros have CRC-32C 0x8a9136aa.
    assertThat(crc32c(new byte[32])).isEqualTo(0x8a9136aa);
  }

  private static MetricsRow row(long step, double loss) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", loss);
    metrics.put("eval/test/pass@1", 0.25);
    return new MetricsRow("sft", step, 100.0 + step, metrics);
  }

  /** Every scalar in the folder, decoded by the formats' own definitions. */
  private List<String> scalars() throws IOException {
    List<String> scalars = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files.sorted()::iterator) {
        assertThat(file.getFileName().toString()).startsWith("events.out.tfevents.");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        boolean first = true;
        while (bytes.hasRemaining()) {
          byte[] length = take(bytes, 8);
          assertThat(bytes.getInt()).isEqualTo(masked(length));
          byte[] event = take(bytes, (int) little(length).getLong());
          assertThat(bytes.getInt()).isEqualTo(masked(event));
          decode(event, first, scalars);
          first = false;
        }
      }
    }
    return scalars;
  }

  private static void decode(byte[] event, boolean first, List<String> scalars) {
    ByteBuffer in = little(event);
    double time = 0;
    long step = 0;
    while (in.hasRemaining()) {
      long key = varint(in);
      switch ((int) key) {
        case 1 << 3 | 1 -> time = in.getDouble();
        case 2 << 3 -> step = varint(in);
        case 3 << 3 | 2 -> {
          assertThat(first).isTrue();
          assertThat(text(in)).isEqualTo("brain.Event:2");
        }
        case 5 << 3 | 2 -> {
          ByteBuffer summary = little(take(in, (int) varint(in)));
          while (summary.hasRemaining()) {
            assertThat(varint(summary)).isEqualTo(1 << 3 | 2);
            ByteBuffer value = little(take(summary, (int) varint(summary)));
            assertThat(varint(value)).isEqualTo(1 << 3 | 2);
            String tag = text(value);
            assertThat(varint(value)).isEqualTo(2 << 3 | 5);
            scalars.add(step + " " + time + " " + tag + "=" + value.getFloat());
          }
        }
        default -> throw new AssertionError("field " + key);
      }
    }
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }

  private static String text(ByteBuffer in) {
    return new String(take(in, (int) varint(in)), StandardCharsets.UTF_8);
  }

  private static byte[] take(ByteBuffer in, int count) {
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int masked(byte[] bytes) {
    int crc = crc32c(bytes);
    return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
  }

  private static int crc32c(byte[] bytes) {
    int crc = ~0;
    for (byte b : bytes) {
      crc ^= b & 0xff;
      for (int i = 0; i < 8; i++) {
        crc = (crc >>> 1) ^ ((crc & 1) == 1 ? 0x82f63b78 : 0);
      }
    }
    return ~crc;
  }
}
