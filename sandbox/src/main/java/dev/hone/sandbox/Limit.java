package dev.hone.sandbox;

import java.util.Locale;

/** What may end a run before the program does. */
public enum Limit {
  /** CPU time of all its processes. */
  CPU,
  /** Time on the clock. */
  WALL,
  /** Memory of all its processes, its files in memory among it. */
  MEMORY,
  /** Bytes on standard output, or on standard error. */
  OUTPUT;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
