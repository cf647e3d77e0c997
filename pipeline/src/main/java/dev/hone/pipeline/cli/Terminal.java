package dev.hone.pipeline.cli;

import dev.hone.pipeline.run.Progress;
import java.io.PrintWriter;
import java.time.Duration;

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

  /** Bars for a person, lines for a file. */
  static Progress progress(PrintWriter err) {
    return isProgressShown()
        ? new ProgressBars(System.err)
        : new ProgressLines(err, System::nanoTime, Duration.ofSeconds(10));
  }
}
