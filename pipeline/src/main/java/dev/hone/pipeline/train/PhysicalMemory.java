package dev.hone.pipeline.train;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** The memory of this machine, or of the container that this process is confined to. */
public final class PhysicalMemory {

  private PhysicalMemory() {}

  /** In bytes. */
  public static long bytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }
}
