package dev.hone.policy.checkpoint;

import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, open for reading. Its bytes are mapped a window at a time and converted on
 * the way; nothing is held of it but the header. Safe to read from several threads.
 */
public final class Safetensors implements AutoCloseable {

  /** Bytes mapped at once; a multiple of every element. */
  private static final int WINDOW = 1 << 26;

  private final Path file;
  private final FileChannel channel;
  private final SafetensorsHeader header;

  private Safetensors(Path file, FileChannel channel, SafetensorsHeader header) {
    this.file = file;
    this.channel = channel;
    this.header = header;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws InvalidInput where it cannot be read or is not sound
   */
  public static Safetensors open(Path file) {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      return new Safetensors(file, channel, SafetensorsHeader.read(file, channel));
    } catch (IOException e) {
      closeQuietly(channel);
      throw unreadable(file, e);
    } catch (RuntimeException e) {
      closeQuietly(channel);
      throw e;
    }
  }

  public Path file() {
    return file;
  }

  /** Names of all tensors, in the order of the header. */
  public Set<String> names() {
    return header.tensors().keySet();
  }

  /** The {@code __metadata__} of the header; empty where it has none. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /**
   * Type and shape of a tensor.
   *
   * @throws InvalidInput where there is none of this name
   */
  public TensorEntry entry(String name) {
    TensorEntry entry = header.tensors().get(name);
    if (entry == null) {
      throw new InvalidInput("%s has no tensor %s.".formatted(file, name));
    }
    return entry;
  }

  /** All elements, row-major, converted to fp32. */
  public float[] floats(String name) {
    TensorEntry entry = entry(name);
    float[] values = new float[checkedSize(entry)];
    floats(name, values, 0);
    return values;
  }

  /** All elements, row-major, converted to fp32, into {@code values} from {@code offset} on. */
  public void floats(String name, float[] values, int offset) {
    TensorEntry entry = entry(name);
    int done = offset;
    for (long at = 0; at < entry.bytes(); at += WINDOW) {
      ByteBuffer bytes = window(entry, at);
      int count = bytes.remaining() / entry.type().bytes();
      FloatFormat.read(entry.type(), bytes, values, done, count);
      done += count;
    }
  }

  /** All elements of an integer tensor, row-major. */
  public long[] longs(String name) {
    TensorEntry entry = entry(name);
    long[] values = new long[checkedSize(entry)];
    int done = 0;
    for (long at = 0; at < entry.bytes(); at += WINDOW) {
      ByteBuffer bytes = window(entry, at);
      for (int left = bytes.remaining() / entry.type().bytes(); left > 0; left--) {
        values[done++] =
            switch (entry.type()) {
              case I64 -> bytes.getLong();
              case I32 -> bytes.getInt();
              case U8 -> bytes.get() & 0xff;
              default ->
                  throw new IllegalArgumentException(
                      "Tensor " + name + " holds " + entry.type() + ", not whole numbers.");
            };
      }
    }
    return values;
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  private ByteBuffer window(TensorEntry entry, long from) {
    try {
      return channel
          .map(
              FileChannel.MapMode.READ_ONLY,
              entry.position() + from,
              Math.min(WINDOW, entry.bytes() - from))
          .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private int checkedSize(TensorEntry entry) {
    if (entry.shape().size() > Integer.MAX_VALUE - 8) {
      throw new InvalidInput(
          "%s: tensor %s %s has more numbers than one array holds."
              .formatted(file, entry.name(), entry.shape()));
    }
    return (int) entry.shape().size();
  }

  private static InvalidInput unreadable(Path file, IOException e) {
    return new InvalidInput("%s cannot be read: %s.".formatted(file, Reason.of(e)), e);
  }

  private static void closeQuietly(FileChannel channel) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        // Nothing was written through it, so nothing can be lost.
      }
    }
  }
}
