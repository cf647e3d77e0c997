package dev.hone.policy.nativecpu;

import dev.hone.kernels.NativeMemory;
import dev.hone.policy.tensor.MemoryPart;
import dev.hone.policy.tensor.MemoryUse;
import dev.hone.policy.tensor.ProcessMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Native memory of one {@link NativeOps}. Weights and their gradients stay, and are allocated one
 * by one. What comes and goes is reused: small blocks and pages of caches by size, four sizes an
 * octave, large ones by place, so that a step that has been made once allocates nothing. An outline
 * does the same with addresses that nothing lies at, to find out what a step would take.
 */
final class Memory {

  /** Bytes from which on blocks are reused by place. */
  private static final long LARGE = 64 << 10;

  private static final int CLASSES = 4 * 48;
  private static final int PARTS = MemoryPart.values().length;

  /** Addresses of one size that wait to be used again. */
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

  private final boolean outline;
  private final Free[] free = new Free[CLASSES];
  private final Map<Long, Free> pages = new HashMap<>();
  private final List<Long> cached = new ArrayList<>();
  private final Regions regions = new Regions(this::fromSystem);

  /** Bytes of each block that stays, by address. */
  private final Map<Long, Long> staying = new HashMap<>();

  private final long[] used = new long[PARTS];
  private final long[] atPeak = new long[PARTS];
  private final long[] most = new long[PARTS];
  private long usedNow;
  private long peak;
  private long cachedBytes;
  private long stayingBytes;
  private long held;
  private long counted;
  private long allocations;
  private long nextOutlined = 1L << 20;
  private boolean closed;

  /**
   * @param outline whether memory is counted only
   */
  Memory(boolean outline) {
    this.outline = outline;
  }

  /** Whether nothing lies at its addresses. */
  boolean isOutline() {
    return outline;
  }

  /** The address of at least {@code bytes}, uninitialised. */
  synchronized long allocate(long bytes, MemoryPart part) {
    if (closed) {
      throw new IllegalStateException("These operations are closed");
    }
    long taken = taken(bytes, part);
    int index = part.ordinal();
    used[index] += taken;
    most[index] = Math.max(most[index], used[index]);
    usedNow += taken;
    if (usedNow > peak) {
      peak = usedNow;
      System.arraycopy(used, 0, atPeak, 0, PARTS);
    }
    long address = place(bytes, taken, part);
    count();
    return address;
  }

  /** Sees what is held now. */
  private void count() {
    long now = stayingBytes + cachedBytes + regions.reached();
    held = Math.max(held, now);
    if (!outline && now != counted) {
      ProcessMemory.add(now - counted);
      counted = now;
    }
  }

  private long place(long bytes, long taken, MemoryPart part) {
    if (stays(part)) {
      long address = fromSystem(taken);
      staying.put(address, taken);
      stayingBytes += taken;
      return address;
    }
    if (isLarge(bytes, part)) {
      return regions.allocate(bytes);
    }
    Free list = waiting(bytes, part);
    if (list.count > 0) {
      return list.addresses[--list.count];
    }
    long address = fromSystem(taken);
    cached.add(address);
    cachedBytes += taken;
    return address;
  }

  /** Takes back what {@link #allocate} gave for as many {@code bytes} of {@code part}. */
  synchronized void release(long address, long bytes, MemoryPart part) {
    if (closed) {
      return;
    }
    long taken = taken(bytes, part);
    used[part.ordinal()] -= taken;
    usedNow -= taken;
    if (stays(part)) {
      staying.remove(address);
      stayingBytes -= taken;
      toSystem(address);
      count();
    } else if (isLarge(bytes, part)) {
      regions.release(address, bytes);
    } else {
      waiting(bytes, part).push(address);
    }
  }

  private Free waiting(long bytes, MemoryPart part) {
    if (part == MemoryPart.CACHE) {
      return pages.computeIfAbsent(bytes, size -> new Free());
    }
    int size = sizeClass(bytes);
    if (free[size] == null) {
      free[size] = new Free();
    }
    return free[size];
  }

  private static boolean stays(MemoryPart part) {
    return part == MemoryPart.WEIGHTS || part == MemoryPart.GRADIENTS;
  }

  private static boolean isLarge(long bytes, MemoryPart part) {
    return bytes >= LARGE && part != MemoryPart.CACHE;
  }

  /** What a block of {@code bytes} takes. */
  private static long taken(long bytes, MemoryPart part) {
    if (stays(part) || part == MemoryPart.CACHE) {
      return Math.max(64, bytes);
    }
    return isLarge(bytes, part) ? Regions.rounded(bytes) : bytesOf(sizeClass(bytes));
  }

  private long fromSystem(long bytes) {
    allocations++;
    if (outline) {
      long address = nextOutlined;
      nextOutlined += (bytes + 127) / 64 * 64;
      return address;
    }
    long address = NativeMemory.allocate(bytes);
    if (address == 0) {
      throw new OutOfMemoryError(
          "No %d bytes of native memory; %d are held by this backend".formatted(bytes, held));
    }
    return address;
  }

  private void toSystem(long address) {
    if (!outline) {
      NativeMemory.free(address);
    }
  }

  /** What is in use, and was. */
  synchronized MemoryUse use() {
    return new MemoryUse(byPart(used), byPart(atPeak), byPart(most), held, allocations);
  }

  private static Map<MemoryPart, Long> byPart(long[] bytes) {
    Map<MemoryPart, Long> parts = new EnumMap<>(MemoryPart.class);
    for (MemoryPart part : MemoryPart.values()) {
      parts.put(part, bytes[part.ordinal()]);
    }
    return parts;
  }

  // ---- what lies there; in an outline nothing does

  void putFloats(long to, float[] from) {
    if (!outline) {
      NativeMemory.putFloats(to, from, 0, from.length);
    }
  }

  void getFloats(float[] to, long from) {
    if (!outline) {
      NativeMemory.getFloats(to, from, 0, to.length);
    }
  }

  void putInts(long to, int[] from) {
    if (!outline) {
      NativeMemory.putInts(to, from, 0, from.length);
    }
  }

  void getInts(int[] to, long from) {
    if (!outline) {
      NativeMemory.getInts(to, from, 0, to.length);
    }
  }

  void putLongs(long to, long[] from) {
    if (!outline) {
      NativeMemory.putLongs(to, from, 0, from.length);
    }
  }

  void putDoubles(long to, double[] from) {
    if (!outline) {
      NativeMemory.putDoubles(to, from, 0, from.length);
    }
  }

  /** Frees everything, whoever still has it. */
  synchronized void close() {
    if (!closed) {
      closed = true;
      staying.keySet().forEach(this::toSystem);
      cached.forEach(this::toSystem);
      regions.addresses().forEach(this::toSystem);
      ProcessMemory.add(-counted);
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
