package dev.hone.sandbox;

import java.io.Serializable;
import java.time.Duration;

/**
 * How much a run may take.
 *
 * @param cpu CPU time of all its processes
 * @param wall time on the clock
 * @param memoryBytes memory of all its processes
 * @param processes processes and threads at a time
 * @param outputBytes bytes on standard output, and as many on standard error
 * @param diskBytes size of its own disk, which lies in memory, and of any file
 * @param openFiles open descriptors of one process
 */
public record Limits(
    Duration cpu,
    Duration wall,
    long memoryBytes,
    int processes,
    long outputBytes,
    long diskBytes,
    int openFiles)
    implements Serializable {

  private static final long MEBIBYTE = 1 << 20;

  public Limits {
    require(!cpu.isNegative() && !cpu.isZero(), "cpu", cpu);
    require(!wall.isNegative() && !wall.isZero(), "wall", wall);
    require(memoryBytes >= 16 * MEBIBYTE, "memory (bytes, at least 16 MiB)", memoryBytes);
    require(processes > 0, "processes", processes);
    require(outputBytes > 0 && outputBytes <= 1 << 30, "output (bytes, 1 to 2^30)", outputBytes);
    require(diskBytes >= MEBIBYTE, "disk (bytes, at least 1 MiB)", diskBytes);
    require(openFiles >= 16, "open files (at least 16)", openFiles);
  }

  /** 3 s of CPU, 6 s on the clock, 512 MiB, 64 processes, 8 MiB of output. */
  public static Limits standard() {
    return new Limits(
        Duration.ofSeconds(3),
        Duration.ofSeconds(6),
        512 * MEBIBYTE,
        64,
        8 * MEBIBYTE,
        64 * MEBIBYTE,
        256);
  }

  /** What a compiler may take: hostile source attacks compilers too. */
  public static Limits ofCompiler() {
    return new Limits(
        Duration.ofSeconds(10),
        Duration.ofSeconds(20),
        1024 * MEBIBYTE,
        64,
        MEBIBYTE,
        256 * MEBIBYTE,
        256);
  }

  public Limits withTime(Duration newCpu, Duration newWall) {
    return new Limits(newCpu, newWall, memoryBytes, processes, outputBytes, diskBytes, openFiles);
  }

  public Limits withMemory(long bytes) {
    return new Limits(cpu, wall, bytes, processes, outputBytes, diskBytes, openFiles);
  }

  public Limits withProcesses(int count) {
    return new Limits(cpu, wall, memoryBytes, count, outputBytes, diskBytes, openFiles);
  }

  public Limits withOutput(long bytes) {
    return new Limits(cpu, wall, memoryBytes, processes, bytes, diskBytes, openFiles);
  }

  private static void require(boolean holds, String what, Object value) {
    if (!holds) {
      throw new IllegalArgumentException("The limit " + what + " must be positive: " + value + ".");
    }
  }
}
