package dev.hone.policy.nativecpu;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/**
 * Large blocks that come and go with a pass, cut out of regions, the oldest first, at the lowest
 * place where they fit; free neighbours merge (Knuth, The Art of Computer Programming 1, section
 * 2.5). So passes of any length share the same memory. What of a region no block ever reached costs
 * nothing: the system gives a page when it is first written.
 */
final class Regions {

  private static final long REGION_BYTES = 256L << 20;
  private static final long PAGE = 4096;

  private final LongUnaryOperator source;

  /** By address, in the order in which they came. */
  private final Map<Long, Region> regions = new LinkedHashMap<>();

  private final TreeMap<Long, Region> byAddress = new TreeMap<>();

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
    for (Map.Entry<Long, Region> region : regions.entrySet()) {
      long place = region.getValue().take(wanted);
      if (place >= 0) {
        return region.getKey() + place;
      }
    }
    long size = Math.max(wanted, REGION_BYTES);
    Region fresh = new Region(size);
    long address = source.applyAsLong(size);
    regions.put(address, fresh);
    byAddress.put(address, fresh);
    return address + fresh.take(wanted);
  }

  /** Takes a block of {@code bytes} back. */
  void release(long address, long bytes) {
    Map.Entry<Long, Region> region = byAddress.floorEntry(address);
    region.getValue().giveBack(address - region.getKey(), rounded(bytes));
  }

  /** Bytes that blocks have reached. */
  long reached() {
    long sum = 0;
    for (Region region : regions.values()) {
      sum += region.reached;
    }
    return sum;
  }

  /** Where the regions begin. */
  Set<Long> addresses() {
    return Collections.unmodifiableSet(regions.keySet());
  }

  private static final class Region {

    /** Lengths of the free stretches, by place. */
    private final TreeMap<Long, Long> free = new TreeMap<>();

    private long reached;

    Region(long bytes) {
      free.put(0L, bytes);
    }

    /** The lowest place with so many free bytes, which are now taken; -1 where there is none. */
    long take(long bytes) {
      for (Map.Entry<Long, Long> stretch : free.entrySet()) {
        long place = stretch.getKey();
        long left = stretch.getValue() - bytes;
        if (left >= 0) {
          free.remove(place);
          if (left > 0) {
            free.put(place + bytes, left);
          }
          reached = Math.max(reached, place + bytes);
          return place;
        }
      }
      return -1;
    }

    void giveBack(long place, long bytes) {
      long from = place;
      long to = place + bytes;
      Map.Entry<Long, Long> below = free.floorEntry(place);
      if (below != null && below.getKey() + below.getValue() == place) {
        from = below.getKey();
      }
      Long above = free.remove(to);
      free.put(from, (above == null ? to : to + above) - from);
    }
  }
}
