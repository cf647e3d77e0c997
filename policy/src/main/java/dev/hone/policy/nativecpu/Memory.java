package dev.hone.policy.nativecpu;

import dev.hone.kernels.NativeMemory;
import java.util.Arrays;

/**
 * Native memory of one {@link NativeOps}: what is given back is kept for the next tensor of about
 * the size, so that a step that has been made once allocates nothing. Sizes come in classes, four
 * an octave.
 */
final class Memory {

  private static final int CLASSES = 4 * 48;

  /** Addresses of one size class that wait to be used again. */
  private static final class Free {
    private long[] addresses = new long[8];
    private int count;

    void push(long address) {
      if (count == addresses.length) {
        addresses = Arrays.copyOf(addresses, 2 * count);
      }
      addresses[count++] = address;
    }
  }

  private final Free[] free = new Free[CLASSES];
  private final Free all = new Free();
  private long held;
  private long used;
  private long peak;
  private boolean closed;

  /** The address of at least {@code bytes}, uninitialised. */
  synchronized long allocate(long bytes) {
    if (closed) {
      throw new IllegalStateException("These operations are closed");
    }
    int size = sizeClass(bytes);
    used += bytesOf(size);
    peak = Math.max(peak, used);
    Free list = free[size];
    if (list != null && list.count > 0) {
      return list.addresses[--list.count];
    }
    long address = NativeMemory.allocate(bytesOf(size));
    if (address == 0) {
      throw new OutOfMemoryError(
          "No %d bytes of native memory; %d are held by this backend".formatted(bytes, held));
    }
    held += bytesOf(size);
    all.push(address);
    return address;
  }

  /** Takes back what {@link #allocate} gave for as many {@code bytes}. */
  synchronized void release(long address, long bytes) {
    if (closed) {
      return;
    }
    int size = sizeClass(bytes);
    used -= bytesOf(size);
    if (free[size] == null) {
      free[size] = new Free();
    }
    free[size].push(address);
  }

  /** Bytes taken from the system. */
  synchronized long held() {
    return held;
  }

  /** Bytes in use. */
  synchronized long used() {
    return used;
  }

  /** Most bytes that were ever in use. */
  synchronized long peak() {
    return peak;
  }

  /** Frees everything, whoever still has it. */
  synchronized void close() {
    if (!closed) {
      closed = true;
      for (int i = 0; i < all.count; i++) {
        NativeMemory.free(all.addresses[i]);
      }
    }
  }

  /** Class {@code 4 e + m} holds {@code (4 + m) 2^e * 64} bytes. */
  static int sizeClass(long bytes) {
    long quarters = Math.max(4, (bytes + 63) / 64);
    int e = 61 - Long.numberOfLeadingZeros(quarters);
    long unit = 1L << e;
    long m = (quarters + unit - 1) / unit;
    return Math.toIntExact(4 * e + m - 4);
  }

  static long bytesOf(int sizeClass) {
    return (4L + sizeClass % 4) * 64 << (sizeClass / 4);
  }
}
