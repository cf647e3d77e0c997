package dev.hone.sandbox;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/** Keys and values, each with its length before it: the form that {@code frames.py} reads. */
final class Fields {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Fields put(String key, byte[] value) {
    append(key.getBytes(StandardCharsets.UTF_8));
    append(value);
    return this;
  }

  Fields put(String key, String value) {
    return put(key, value.getBytes(StandardCharsets.UTF_8));
  }

  Fields put(String key, long value) {
    return put(key, Long.toString(value));
  }

  /** The values with a NUL between each two. */
  Fields put(String key, Collection<String> values) {
    return put(key, String.join("\0", values));
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  /** The same after its own length in eight decimal digits. */
  byte[] announced() {
    byte[] length = String.format("%08d", bytes.size()).getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(length.length + bytes.size()).put(length).put(bytes()).array();
  }

  private void append(byte[] value) {
    bytes.writeBytes(ByteBuffer.allocate(4).putInt(value.length).array());
    bytes.writeBytes(value);
  }
}
