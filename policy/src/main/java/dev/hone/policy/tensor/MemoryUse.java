package dev.hone.policy.tensor;

import java.util.Map;

/**
 * The memory of one {@link Ops} outside the JVM's heap, in bytes.
 *
 * @param used in use now, by part
 * @param peak most that was in use at once, by part as it was then
 * @param most that each part ever took, not at the same time
 * @param held taken from the system; never less than the peak
 * @param allocations how often more was taken from the system
 */
public record MemoryUse(
    Map<MemoryPart, Long> used,
    Map<MemoryPart, Long> peak,
    Map<MemoryPart, Long> most,
    long held,
    long allocations) {

  /** In use now. */
  public long usedBytes() {
    return sum(used);
  }

  /** Most that was in use at once. */
  public long peakBytes() {
    return sum(peak);
  }

  private static long sum(Map<MemoryPart, Long> parts) {
    return parts.values().stream().mapToLong(Long::longValue).sum();
  }
}
