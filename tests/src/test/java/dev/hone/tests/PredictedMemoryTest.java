package dev.hone.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.ComputeDtype;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The memory that a run announces is what it then takes. */
@Tag("slow")
class PredictedMemoryTest {

  @TempDir Path folder;

  @Test
  void theQuickstartTakesWhatItAnnouncesWithinATenth() throws IOException {
    Assumptions.assumeTrue(
        Backends.choose("auto", ComputeDtype.AUTO).outline().isPresent(),
        "skipped: no backend counts its memory");
    try (HoneProcess hone =
        HoneProcess.start(
            folder,
            "train",
            Path.of("../configs/quickstart.yaml").toAbsolutePath().toString(),
            "--set",
            "stages.sft.max_steps=5",
            "--set",
            "stages.grpo.max_steps=3")) {
      assertThat(hone.await()).as(hone.output()).isZero();
      assertThat(hone.output())
          .contains("Backend: native-cpu")
          .containsPattern("Memory: \\d+ MB predicted outside the Java heap");
    }
    List<String> rows = Files.readAllLines(folder.resolve("runs/quickstart/metrics.jsonl"));
    JsonNode last = new ObjectMapper().readTree(rows.get(rows.size() - 1));
    assertThat(last.get("memory/native_peak_mb").asDouble())
        .isCloseTo(
            last.get("memory/native_predicted_mb").asDouble(), Percentage.withPercentage(10));
  }
}
