package dev.hone.tests;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What share of the machine's processors other processes use from here on, by Linux's counts. */
final class ForeignLoad {

  private static final Path STAT = Path.of("/proc/stat");
  private static final double TICKS_A_SECOND = 100;

  private final OperatingSystemMXBean system =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private final double busy = busySeconds();
  private final double own = system.getProcessCpuTime() / 1e9;
  private final long begun = System.nanoTime();

  /** Of all processors together, since this was made; 0 where the system does not say. */
  double share() {
    double wall = (System.nanoTime() - begun) / 1e9;
    double others = busySeconds() - busy - (system.getProcessCpuTime() / 1e9 - own);
    return Math.max(0, others) / (wall * system.getAvailableProcessors());
  }

  private static double busySeconds() {
    if (!Files.isReadable(STAT)) {
      return 0;
    }
    try (var lines = Files.lines(STAT)) {
      // cpu user nice system idle iowait irq softirq steal ...
      String[] fields = lines.findFirst().orElse("").trim().split("\\s+");
      double ticks = 0;
      for (int i = 1; i < Math.min(fields.length, 9); i++) {
        ticks += i == 4 || i == 5 ? 0 : Double.parseDouble(fields[i]);
      }
      return ticks / TICKS_A_SECOND;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
