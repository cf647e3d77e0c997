package dev.hone.policy.tensor;

import java.util.concurrent.atomic.AtomicLong;

/** What all backends of this process together hold outside the JVM's heap. */
public final class ProcessMemory {

  private static final AtomicLong HELD = new AtomicLong();
  private static final AtomicLong PEAK = new AtomicLong();

  private ProcessMemory() {}

  /** So many more bytes are held, or fewer. */
  public static void add(long bytes) {
    long held = HELD.addAndGet(bytes);
    PEAK.accumulateAndGet(held, Math::max);
  }

  /** Most bytes that were ever held at once; 0 where no backend counts them. */
  public static long peak() {
    return PEAK.get();
  }
}
