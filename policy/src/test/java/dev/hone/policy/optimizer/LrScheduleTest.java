package dev.hone.policy.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hone.policy.loss.Fixtures;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class LrScheduleTest {

  @Test
  void everyShapeFollowsTheTablesOfTransformers() throws IOException {
    JsonNode tables =
        Fixtures.json(Fixtures.directory("adamw").resolve("adamw.json")).get("lr_tables");
    for (LrSchedulerType type : LrSchedulerType.values()) {
      JsonNode table = tables.get(type.name().toLowerCase(Locale.ROOT));
      boolean warm = type != LrSchedulerType.CONSTANT; // transformers' constant has no warm-up
      OptimizerSettings settings =
          OptimizerSettings.builder()
              .learningRate(table.get("base_lr").asDouble())
              .lrSchedulerType(type)
              .warmupSteps(warm ? table.get("num_warmup_steps").asInt() : 0)
              .minLrRatio(type == LrSchedulerType.COSINE_WITH_MIN_LR ? 0.1 : 0)
              .numDecaySteps(type == LrSchedulerType.WARMUP_STABLE_DECAY ? 6 : 0)
              .build();
      for (int step = 0; step < table.get("lr_used_at_step").size(); step++) {
        assertThat(type.rate(settings, step, table.get("num_training_steps").asLong()))
            .as("%s at step %d", type, step)
            .isCloseTo(table.get("lr_used_at_step").get(step).asDouble(), within(1e-15));
      }
    }
  }

  @Test
  void theFloorIsReachedAndHeld() {
    OptimizerSettings settings =
        OptimizerSettings.builder().learningRate(2).minLrRatio(0.25).build();
    assertThat(LrSchedulerType.LINEAR.rate(settings, 5, 10)).isEqualTo(2 * (0.25 + 0.75 / 2));
    assertThat(LrSchedulerType.LINEAR.rate(settings, 10, 10)).isEqualTo(0.5);
    assertThat(LrSchedulerType.LINEAR.rate(settings, 12, 10)).isEqualTo(0.5);
    assertThat(LrSchedulerType.COSINE.rate(settings, 10, 10)).isEqualTo(0.5);
  }
}
