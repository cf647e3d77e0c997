package dev.hone.pipeline.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.policy.memory.MemoryNeed;
import dev.hone.policy.memory.MemoryNeed.Part;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryForecastTest {

  private static final long GB = 1L << 30;

  private static MemoryForecast.Part part(String work, Map<Part, Long> parts) {
    return new MemoryForecast.Part(work, new MemoryNeed(parts));
  }

  private final MemoryForecast forecast =
      new MemoryForecast(
          List.of(
              part("sft update", Map.of(Part.WEIGHTS, GB)),
              part("grpo update", Map.of(Part.WEIGHTS, GB, Part.ACTIVATIONS, 4 * GB))),
          List.of(
              part("grpo rollout", Map.of(Part.CACHE, 2 * GB)),
              part("test suite", Map.of(Part.CACHE, GB))));

  @Test
  void theLearnerAndTheAnsweringPolicyLieBesideEachOther() {
    assertThat(forecast.bytes()).isEqualTo(7 * GB);
    assertThat(forecast.line())
        .isEqualTo(
            "Memory: 7,168 MB predicted outside the Java heap (grpo update 5,120 MB, grpo rollout"
                + " 2,048 MB)");
  }

  @Test
  void whatDoesNotFitSaysWhatToLower() {
    assertThat(forecast.warning(GB, 8 * GB)).isEmpty();
    assertThat(forecast.warning(GB, 8 * GB - 1))
        .hasValueSatisfying(
            line ->
                assertThat(line)
                    .contains("will not fit", "grpo update's activations")
                    .contains("micro_batch_tokens", "gradient_checkpointing")
                    .doesNotContain("\n"));
  }
}
