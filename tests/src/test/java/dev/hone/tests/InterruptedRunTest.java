package dev.hone.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler that stops a run leaves a report that says so, and the same command goes on. */
@Tag("slow")
class InterruptedRunTest {

  @TempDir Path folder;

  @Test
  void theReportSaysThatTheRunWasInterruptedAndLaterThatItFinished() throws Exception {
    Files.copy(
        Path.of("src/test/resources/tiny.yaml").toAbsolutePath(), folder.resolve("tiny.yaml"));
    Path run = folder.resolve("runs/tiny");
    try (HoneProcess process = HoneProcess.start(folder, "train", "tiny.yaml")) {
      while (process.running() && !Files.exists(run.resolve("checkpoints"))) {
        Thread.sleep(2);
      }
      assertThat(process.running()).as(process.output()).isTrue();
      process.terminate();
    }
    assertThat(state(run)).isEqualTo("interrupted");

    try (HoneProcess process = HoneProcess.start(folder, "train", "tiny.yaml")) {
      assertThat(process.await()).as(process.output()).isZero();
    }
    assertThat(state(run)).isEqualTo("finished");
  }

  private static String state(Path run) throws IOException {
    String report = Files.readString(run.resolve("report.html"));
    int at = report.indexOf("\"state\":\"") + "\"state\":\"".length();
    return report.substring(at, report.indexOf('"', at));
  }
}
