package dev.hone.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.pipeline.run.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLinesTest {

  private final AtomicLong seconds = new AtomicLong();
  private final StringWriter log = new StringWriter();
  private final Progress progress =
      new ProgressLines(
          new PrintWriter(log), () -> seconds.get() * 1_000_000_000L, Duration.ofSeconds(10));

  @Test
  void aLineComesOnlyAfterTheIntervalWithRateAndRemainingTime() {
    try (Progress.Task task = progress.start("sft", 100, "steps")) {
      for (int step = 1; step <= 25; step++) {
        seconds.incrementAndGet();
        task.note("loss " + step);
        task.step(1);
      }
    }

    assertThat(log.toString().lines())
        .containsExactly(
            "sft: 10/100 steps, 1.00/s, 1:30 left, loss 10",
            "sft: 20/100 steps, 1.00/s, 1:20 left, loss 20",
            "sft: 25/100 steps, 1.00/s, 1:15 left, loss 25");
  }

  @Test
  void whatHasNoKnownEndCountsUp() {
    try (Progress.Task task = progress.start("reading", -1, "rows")) {
      seconds.set(20);
      task.step(50);
    }

    assertThat(log.toString().lines()).containsExactly("reading: 50 rows, 2.50/s, in 0:20");
  }

  @Test
  void nothingDoneIsNothingSaid() {
    progress.start("sft", 100, "steps").close();

    assertThat(log.toString()).isEmpty();
  }

  @Test
  void whatAnEarlierRunHasDoneDoesNotCountIntoTheRate() {
    try (Progress.Task task = progress.start("sft", 100, "steps")) {
      task.step(60);
      seconds.set(20);
      task.step(20);
    }
    progress.start("sft", 5, "steps").step(5);

    assertThat(log.toString().lines()).containsExactly("sft: 80/100 steps, 1.00/s, 0:20 left");
  }

  @Test
  void longTimesAreInHours() {
    assertThat(ProgressLines.time(7)).isEqualTo("0:07");
    assertThat(ProgressLines.time(754)).isEqualTo("12:34");
    assertThat(ProgressLines.time(3723)).isEqualTo("1:02:03");
  }
}
