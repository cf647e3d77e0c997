package dev.hone.pipeline.cli;

import dev.hone.pipeline.run.Progress;
import java.io.PrintStream;
import java.time.temporal.ChronoUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress as bars with rate and remaining time, for a terminal. */
final class ProgressBars implements Progress {

  private static final int WIDTH = 100;
  private static final String START_OF_LINE = "\r\u001b[K";

  private final PrintStream terminal;

  ProgressBars(PrintStream terminal) {
    this.terminal = terminal;
  }

  @Override
  public Task start(String name, long total, String unit) {
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(total)
            .setUnit(" " + unit, 1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(500)
            .showSpeed(new java.text.DecimalFormat("#.##"))
            .setSpeedUnit(ChronoUnit.SECONDS)
            .setConsumer(new ConsoleProgressBarConsumer(terminal, WIDTH))
            .build();
    return new Task() {
      @Override
      public void step(long units) {
        bar.stepBy(units);
      }

      @Override
      public void note(String extra) {
        bar.setExtraMessage(" " + extra);
      }

      @Override
      public void close() {
        bar.close();
      }
    };
  }

  @Override
  public void info(String line) {
    terminal.println(START_OF_LINE + line);
  }
}
