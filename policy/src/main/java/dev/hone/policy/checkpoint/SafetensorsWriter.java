package dev.hone.policy.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hone.policy.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes a safetensors file as a stream: the tensors are announced first, then given one by one in
 * that order, so no more than one need be in memory. {@link #finish} flushes it to the disk.
 */
public final class SafetensorsWriter implements AutoCloseable {

  private static final int BUFFER = 1 << 20;

  /** What a tensor will be stored as: {@code F32}, {@code BF16}, {@code I64} or {@code I32}. */
  public record Announced(TensorType type, Shape shape) {}

  private final Path file;
  private final FileChannel channel;
  private final Iterator<Map.Entry<String, Announced>> rest;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);

  private SafetensorsWriter(Path file, FileChannel channel, Map<String, Announced> tensors) {
    this.file = file;
    this.channel = channel;
    this.rest = new LinkedHashMap<>(tensors).entrySet().iterator();
  }

  /**
   * Creates or replaces {@code file} and writes its header.
   *
   * @param tensors by name, in the order in which they will be given
   * @param metadata strings to keep beside them
   */
  public static SafetensorsWriter create(
      Path file, Map<String, Announced> tensors, Map<String, String> metadata) throws IOException {
    ObjectNode header = new ObjectMapper().createObjectNode();
    if (!metadata.isEmpty()) {
      ObjectNode node = header.putObject("__metadata__");
      metadata.forEach(node::put);
    }
    long at = 0;
    for (Map.Entry<String, Announced> tensor : tensors.entrySet()) {
      Announced announced = tensor.getValue();
      ObjectNode node = header.putObject(tensor.getKey());
      node.put("dtype", announced.type().name());
      ArrayNode dims = node.putArray("shape");
      for (int dim : announced.shape().dims()) {
        dims.add(dim);
      }
      long end = at + announced.shape().size() * announced.type().bytes();
      node.putArray("data_offsets").add(at).add(end);
      at = end;
    }
    byte[] json = new ObjectMapper().writeValueAsBytes(header);
    int padded = (json.length + 7) / 8 * 8;
    ByteBuffer head = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(padded).put(json);
    while (head.hasRemaining()) {
      head.put((byte) ' ');
    }
    FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    SafetensorsWriter writer = new SafetensorsWriter(file, channel, tensors);
    try {
      writer.drain(head.flip());
      return writer;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** The next tensor, of {@code F32} or {@code BF16}, row-major. */
  public void write(String name, float[] values) throws IOException {
    write(name, values, 0, values.length);
  }

  /**
   * The next tensor, of {@code F32} or {@code BF16}: {@code length} of {@code values}, from {@code
   * offset} on, row-major.
   */
  public void write(String name, float[] values, int offset, int length) throws IOException {
    TensorType type = next(name, length);
    for (int i = offset; i < offset + length; i++) {
      if (buffer.remaining() < 8) {
        flush();
      }
      switch (type) {
        case F32 -> buffer.putFloat(values[i]);
        case BF16 -> buffer.putShort(FloatFormat.brain(values[i]));
        default -> throw new IllegalArgumentException(name + " was announced as " + type + ".");
      }
    }
  }

  /** The next tensor, of {@code I64} or {@code I32}, row-major. */
  public void write(String name, long[] values) throws IOException {
    TensorType type = next(name, values.length);
    for (long value : values) {
      if (buffer.remaining() < 8) {
        flush();
      }
      switch (type) {
        case I64 -> buffer.putLong(value);
        case I32 -> buffer.putInt(Math.toIntExact(value));
        default -> throw new IllegalArgumentException(name + " was announced as " + type + ".");
      }
    }
  }

  /**
   * Flushes the file to the disk.
   *
   * @throws IllegalStateException where an announced tensor was not given
   */
  public void finish() throws IOException {
    if (rest.hasNext()) {
      throw new IllegalStateException(
          "%s is not whole: tensor %s was announced and not written."
              .formatted(file, rest.next().getKey()));
    }
    flush();
    channel.force(true);
  }

  /** Closes the file; without {@link #finish} it is not whole. */
  @Override
  public void close() throws IOException {
    channel.close();
  }

  private TensorType next(String name, int length) {
    Map.Entry<String, Announced> announced = rest.hasNext() ? rest.next() : null;
    if (announced == null
        || !announced.getKey().equals(name)
        || announced.getValue().shape().size() != length) {
      throw new IllegalArgumentException(
          "Tensor %s of %d numbers was given, announced was %s."
              .formatted(name, length, announced));
    }
    return announced.getValue().type();
  }

  private void flush() throws IOException {
    drain(buffer.flip());
    buffer.clear();
  }

  private void drain(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
