package dev.hone.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsLogTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("metrics.jsonl");
  }

  @Test
  void numbersComeBackWithTheSameBits() {
    SplittableRandom random = new SplittableRandom(5);
    Map<String, Double> metrics = new LinkedHashMap<>();
    for (int i = 0; i < 2000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        metrics.put("m" + i, value);
      }
    }
    metrics.put("zero", -0.0);
    metrics.put("smallest", Double.MIN_VALUE);
    MetricsRow row = new MetricsRow("sft", 3, 1.7e9 + 0.123, metrics);
    write(row);
    assertThat(MetricsLog.read(file)).containsExactly(row);
  }

  @Test
  void whatIsNotFiniteIsNull() throws IOException {
    write(new MetricsRow("sft", 1, 2, Map.of("loss", Double.NEGATIVE_INFINITY)));
    assertThat(file).hasContent("{\"stage\":\"sft\",\"step\":1,\"time\":2.0,\"loss\":null}");
    assertThat(MetricsLog.read(file).get(0).metrics().get("loss")).isNaN();
  }

  @Test
  void aLineTornAnywhereIsCutOff() throws IOException {
    write(row("sft", 1), row("sft", 2), row("sft", 3));
    byte[] whole = Files.readAllBytes(file);
    int twoLines = new String(whole, java.nio.charset.StandardCharsets.UTF_8).indexOf("\n", 60) + 1;
    for (int length = twoLines; length < whole.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      int standing = MetricsLog.read(file).size();
      try (MetricsLog log = MetricsLog.open(file)) {
        assertThat(log.rows()).hasSize(standing);
        log.append(row("sft", 9));
      }
      assertThat(MetricsLog.read(file)).hasSize(standing + 1);
      assertThat(MetricsLog.read(file).get(standing).step()).isEqualTo(9);
    }
  }

  @Test
  void aTornLineLongerThanABlockIsCutOff() throws IOException {
    write(row("sft", 1));
    Files.writeString(file, "{\"stage\":\"" + "x".repeat(200_000), StandardOpenOption.APPEND);
    MetricsLog.open(file).close();
    assertThat(MetricsLog.read(file)).containsExactly(row("sft", 1));
  }

  @Test
  void goingOnFromACheckpointDropsTheRowsPastIt() {
    try (MetricsLog log = MetricsLog.open(file)) {
      for (int step = 1; step <= 3; step++) {
        log.append(row("sft", step));
      }
      for (int step = 0; step <= 3; step++) {
        log.append(row("grpo", step));
      }
      log.keepThrough(List.of("sft"), "grpo", 1);
      log.append(row("grpo", 2));
      assertThat(log.rows())
          .containsExactly(
              row("sft", 1),
              row("sft", 2),
              row("sft", 3),
              row("grpo", 0),
              row("grpo", 1),
              row("grpo", 2));
      log.keepThrough(List.of(), "sft", 2);
      assertThat(log.rows()).containsExactly(row("sft", 1), row("sft", 2));
      log.clear();
      assertThat(log.rows()).isEmpty();
    }
  }

  @Test
  void aMetricCannotHideTheStep() {
    try (MetricsLog log = MetricsLog.open(file)) {
      MetricsRow row = new MetricsRow("sft", 1, 1, Map.of("step", 1.0));
      assertThatThrownBy(() -> log.append(row)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  private void write(MetricsRow... rows) {
    try (MetricsLog log = MetricsLog.open(file)) {
      for (MetricsRow row : rows) {
        log.append(row);
      }
    }
  }

  private static MetricsRow row(String stage, long step) {
    return new MetricsRow(stage, step, 100.5 + step, Map.of("loss", 1.0 / (step + 1)));
  }
}
