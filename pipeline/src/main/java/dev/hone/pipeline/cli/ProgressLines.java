package dev.hone.pipeline.cli;

import dev.hone.pipeline.run.Progress;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Progress as a line now and then, for a log file. */
final class ProgressLines implements Progress {

  /** What is done as soon as this was done by an earlier run, and says nothing of the pace. */
  private static final Duration AT_ONCE = Duration.ofMillis(20);

  private final PrintWriter log;
  private final LongSupplier nanos;
  private final Duration interval;

  /**
   * @param nanos a clock like {@link System#nanoTime}
   * @param interval least time between two lines of a task
   */
  ProgressLines(PrintWriter log, LongSupplier nanos, Duration interval) {
    this.log = log;
    this.nanos = nanos;
    this.interval = interval;
  }

  @Override
  public Task start(String name, long total, String unit) {
    return new LineTask(name, total, unit);
  }

  @Override
  public void info(String line) {
    log.println(line);
    log.flush();
  }

  private final class LineTask implements Task {

    private final String name;
    private final long total;
    private final String unit;
    private final long started = nanos.getAsLong();
    private long said = started;
    private long done;
    private long doneWhenSaid;
    private long doneBefore;
    private String note = "";

    LineTask(String name, long total, String unit) {
      this.name = name;
      this.total = total;
      this.unit = unit;
    }

    @Override
    public synchronized void step(long units) {
      done += units;
      if (nanos.getAsLong() - started < AT_ONCE.toNanos()) {
        doneBefore = done;
      }
      if (nanos.getAsLong() - said >= interval.toNanos()) {
        say();
      }
    }

    @Override
    public synchronized void note(String extra) {
      note = extra;
    }

    @Override
    public synchronized void close() {
      if (done > doneWhenSaid) {
        say();
      }
    }

    private void say() {
      said = nanos.getAsLong();
      doneWhenSaid = done;
      double seconds = Math.max(1e-9, (said - started) / 1e9);
      long here = done - doneBefore;
      double rate = here / seconds;
      StringBuilder line = new StringBuilder(name).append(": ").append(done);
      if (total >= 0) {
        line.append('/').append(total);
      }
      line.append(' ').append(unit).append(", ");
      if (here > 0) {
        line.append(String.format(Locale.ROOT, "%.2f/s, ", rate));
      }
      line.append(
          total > done && here > 0 ? time((total - done) / rate) + " left" : "in " + time(seconds));
      if (!note.isEmpty()) {
        line.append(", ").append(note);
      }
      info(line.toString());
    }
  }

  /** {@code 0:07}, {@code 12:34} or {@code 1:02:03}. */
  static String time(double seconds) {
    long all = Math.round(seconds);
    return all < 3600
        ? String.format(Locale.ROOT, "%d:%02d", all / 60, all % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", all / 3600, all / 60 % 60, all % 60);
  }
}
