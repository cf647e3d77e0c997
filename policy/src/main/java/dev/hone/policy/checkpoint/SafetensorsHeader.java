package dev.hone.policy.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.InvalidInput;
import dev.hone.policy.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file: its length (8 bytes, little endian), then JSON that gives every
 * tensor a type, a shape and a range of the bytes that follow. Checked as the format demands:
 * ranges fit their shapes and cover the file without holes or overlaps.
 */
record SafetensorsHeader(Map<String, TensorEntry> tensors, Map<String, String> metadata) {

  /** As the reference implementation limits it. */
  private static final long LONGEST = 100_000_000;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  static SafetensorsHeader read(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    if (size < 8) {
      throw broken(file, "it has %d bytes, and a header length alone takes 8", size);
    }
    long length = fully(channel, 0, 8).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > LONGEST || length > size - 8) {
      throw broken(
          file,
          "its header length is %s, in a file of %d bytes (cut short, or not a safetensors file)",
          Long.toUnsignedString(length),
          size);
    }
    String text = StandardCharsets.UTF_8.decode(fully(channel, 8, (int) length)).toString();
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw broken(file, "its header is not JSON: %s", e.getOriginalMessage());
    }
    if (root == null || !root.isObject()) {
      throw broken(file, "its header is not a JSON object");
    }
    Map<String, TensorEntry> tensors = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    root.fields()
        .forEachRemaining(
            field -> {
              if (field.getKey().equals("__metadata__")) {
                field
                    .getValue()
                    .fields()
                    .forEachRemaining(
                        entry -> metadata.put(entry.getKey(), entry.getValue().asText()));
              } else {
                tensors.put(
                    field.getKey(), entry(file, field.getKey(), field.getValue(), 8 + length));
              }
            });
    checkRanges(file, tensors, 8 + length, size);
    return new SafetensorsHeader(tensors, metadata);
  }

  private static TensorEntry entry(Path file, String name, JsonNode node, long dataStart) {
    String typeName = node.path("dtype").asText("");
    TensorType type =
        Arrays.stream(TensorType.values())
            .filter(candidate -> candidate.name().equals(typeName))
            .findFirst()
            .orElseThrow(
                () ->
                    broken(
                        file,
                        "tensor %s has dtype \"%s\"; readable are %s",
                        name,
                        typeName,
                        Arrays.toString(TensorType.values())));
    Shape shape = shape(file, name, node.path("shape"));
    JsonNode offsets = node.path("data_offsets");
    if (offsets.size() != 2
        || !offsets.get(0).isIntegralNumber()
        || !offsets.get(1).isIntegralNumber()) {
      throw broken(file, "tensor %s has data_offsets %s, not two whole numbers", name, offsets);
    }
    long begin = offsets.get(0).longValue();
    long end = offsets.get(1).longValue();
    TensorEntry entry = new TensorEntry(name, type, shape, dataStart + begin);
    if (begin < 0 || end < begin || end - begin != entry.bytes()) {
      throw broken(
          file,
          "tensor %s of dtype %s and shape %s takes %d bytes, but its data_offsets are [%d, %d]",
          name,
          type,
          shape,
          entry.bytes(),
          begin,
          end);
    }
    return entry;
  }

  private static Shape shape(Path file, String name, JsonNode node) {
    List<Integer> dims = new ArrayList<>();
    boolean fine = node.isArray();
    long size = 1;
    for (JsonNode dim : node) {
      fine &= dim.isInt() && dim.intValue() >= 0;
      dims.add(dim.intValue());
      size = fine ? Math.multiplyHigh(size, dim.intValue()) == 0 ? size * dim.intValue() : -1 : 0;
      fine &= size >= 0 && size <= Long.MAX_VALUE / 8;
    }
    if (!fine) {
      throw broken(file, "tensor %s has shape %s, which is none", name, node);
    }
    return new Shape(dims.stream().mapToInt(Integer::intValue).toArray());
  }

  private static void checkRanges(
      Path file, Map<String, TensorEntry> tensors, long dataStart, long fileSize) {
    long end = dataStart;
    String before = "the header";
    List<TensorEntry> ordered = new ArrayList<>(tensors.values());
    ordered.sort(Comparator.comparingLong(TensorEntry::position).thenComparing(TensorEntry::bytes));
    for (TensorEntry entry : ordered) {
      if (entry.position() != end) {
        throw broken(
            file,
            "tensor %s begins at byte %d, but %s ends at byte %d",
            entry.name(),
            entry.position(),
            before,
            end);
      }
      end += entry.bytes();
      before = "tensor " + entry.name();
    }
    if (end != fileSize) {
      throw broken(
          file,
          end > fileSize
              ? "its tensors end at byte %d, but the file at byte %d: it is cut short, copy it again"
              : "its tensors end at byte %d, but the file at byte %d",
          end,
          fileSize);
    }
  }

  private static ByteBuffer fully(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new IOException("it ended while it was read");
      }
    }
    return buffer.flip();
  }

  private static InvalidInput broken(Path file, String format, Object... arguments) {
    return new InvalidInput(
        "%s cannot be read as safetensors: %s.".formatted(file, format.formatted(arguments)));
  }
}
