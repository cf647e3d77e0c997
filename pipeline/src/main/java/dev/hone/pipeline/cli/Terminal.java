package dev.hone.pipeline.cli;

/** Whether a person looks on; the launcher tells, since Java 17 cannot ask of a single stream. */
final class Terminal {

  private Terminal() {}

  /** Standard output is a terminal. */
  static boolean isResultShown() {
    return Boolean.getBoolean("hone.stdout.tty");
  }

  /** Standard error is a terminal. */
  static boolean isProgressShown() {
    return Boolean.getBoolean("hone.stderr.tty");
  }
}
