package dev.hone.sandbox;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The last words of a program whose allocation was refused: then nothing killed it, and yet memory
 * is what it lacked. A program can say so without cause; it fails all the same.
 */
final class OutOfMemory {

  private static final int TAIL = 1 << 16;

  private static final List<String> LAST_WORDS =
      List.of(
          "\nMemoryError",
          "java.lang.OutOfMemoryError",
          "JavaScript heap out of memory",
          "std::bad_alloc");

  private OutOfMemory() {}

  static boolean isReported(byte[] stdout, byte[] stderr) {
    String said = "\n" + tail(stdout) + "\n" + tail(stderr);
    return LAST_WORDS.stream().anyMatch(said::contains);
  }

  private static String tail(byte[] bytes) {
    int from = Math.max(0, bytes.length - TAIL);
    return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
  }
}
