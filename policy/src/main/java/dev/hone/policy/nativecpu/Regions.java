package dev.hone.policy.nativecpu;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/**
 * Large blocks that come and go with a pass, cut out of regions at the lowest address where they
 * fit; free neighbours merge (Knuth, The Art of Computer Programming 1, section 2.5). So passes of
 * any length share the same memory. What of a region no block ever reached costs nothing: the
 * system gives a page when it is first written.
 */
final class Regions {

  private static final long REGION_BYTES = 256L << 20;
  private static final long PAGE = 4096;

  private static final class Region {
    private final long bytes;
    private long reached;

    Region(long bytes) {
      this.bytes = bytes;
    }
  }

  private final LongUnaryOperator source;
  private final TreeMap<Long, Region> regions = new TreeMap<>();
  private final TreeMap<Long, Long> free = new TreeMap<>();
  private long reached;

  /**
   * @param source the address of so many fresh bytes
   */
  Regions(LongUnaryOperator source) {
    this.source = source;
  }

  /** What a block of {@code bytes} takes. */
  static long rounded(long bytes) {
    return (bytes + PAGE - 1) / PAGE * PAGE;
  }

  /** The address of a block. */
  long allocate(long bytes) {
    long wanted = rounded(bytes);
    long address = firstFit(wanted);
    if (address == 0) {
      long size = Math.max(wanted, REGION_BYTES);
      address = source.applyAsLong(size);
      regions.put(address, new Region(size));
      free.put(address, size);
    }
    long left = free.remove(address) - wanted;
    if (left > 0) {
      free.put(address + wanted, left);
    }
    Map.Entry<Long, Region> region = regions.floorEntry(address);
    long end = address + wanted - region.getKey();
    if (end > region.getValue().reached) {
      reached += end - region.getValue().reached;
      region.getValue().reached = end;
    }
    return address;
  }

  private long firstFit(long bytes) {
    for (Map.Entry<Long, Long> block : free.entrySet()) {
      if (block.getValue() >= bytes) {
        return block.getKey();
      }
    }
    return 0;
  }

  /** Takes a block of {@code bytes} back. */
  void release(long address, long bytes) {
    long from = address;
    long size = rounded(bytes);
    Map.Entry<Long, Long> below = free.floorEntry(address);
    Map.Entry<Long, Region> region = regions.floorEntry(address);
    if (below != null
        && below.getKey() + below.getValue() == address
        && below.getKey() >= region.getKey()) {
      from = below.getKey();
      size += below.getValue();
      free.remove(from);
    }
    long end = from + size;
    Long above = end < region.getKey() + region.getValue().bytes ? free.remove(end) : null;
    free.put(from, above == null ? size : size + above);
  }

  /** Bytes that blocks have reached. */
  long reached() {
    return reached;
  }

  Iterable<Long> addresses() {
    return regions.keySet();
  }
}
