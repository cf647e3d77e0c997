package dev.hone.policy.loss;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Reads the parity fixtures, independently of the reader under test. */
public final class Fixtures {

  /** A tensor of a fixture: shape and elements, row-major. */
  public record Array(int[] shape, double[] values) {
    /** Row {@code i} of a matrix. */
    public double[] row(int i) {
      return java.util.Arrays.copyOfRange(values, i * shape[1], (i + 1) * shape[1]);
    }
  }

  private Fixtures() {}

  /** A fixture's directory; skips the test where the fixtures are absent. */
  public static Path directory(String name) {
    Path fixtures = Path.of(System.getProperty("hone.shared", "shared"), "fixtures", name);
    Assumptions.assumeTrue(
        Files.isDirectory(fixtures),
        "skipped: the fixtures are not at " + fixtures + "; set -Dhone.shared");
    return fixtures;
  }

  public static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  public static Map<String, Array> tensors(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int headerLength = (int) bytes.getLong(0);
    byte[] header = new byte[headerLength];
    bytes.get(8, header);
    Map<String, Array> tensors = new LinkedHashMap<>();
    Iterator<Map.Entry<String, JsonNode>> entries =
        new ObjectMapper().readTree(header).properties().iterator();
    while (entries.hasNext()) {
      Map.Entry<String, JsonNode> entry = entries.next();
      if (!entry.getKey().equals("__metadata__")) {
        tensors.put(entry.getKey(), array(entry.getValue(), bytes, 8 + headerLength));
      }
    }
    return tensors;
  }

  private static Array array(JsonNode entry, ByteBuffer bytes, int base) {
    int[] shape = new int[entry.get("shape").size()];
    int size = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = entry.get("shape").get(i).asInt();
      size *= shape[i];
    }
    int start = base + entry.get("data_offsets").get(0).asInt();
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] =
          switch (entry.get("dtype").asText()) {
            case "F32" -> bytes.getFloat(start + 4 * i);
            case "F64" -> bytes.getDouble(start + 8 * i);
            case "I64" -> bytes.getLong(start + 8 * i);
            default -> throw new IllegalArgumentException(entry.toString());
          };
    }
    return new Array(shape, values);
  }
}
