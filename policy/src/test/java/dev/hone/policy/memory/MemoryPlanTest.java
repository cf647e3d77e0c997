package dev.hone.policy.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.policy.generation.GenerationRequest;
import dev.hone.policy.generation.Generator;
import dev.hone.policy.generation.RandomKey;
import dev.hone.policy.generation.SamplingSettings;
import dev.hone.policy.memory.MemoryNeed.Part;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.ModelConfig;
import dev.hone.policy.model.ParameterLayout;
import dev.hone.policy.model.ParameterSpec;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.ComputeDtype;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.update.UpdateSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is predicted is what a run then takes, within a tenth. */
class MemoryPlanTest {

  private static final Percentage A_TENTH = Percentage.withPercentage(10);

  private Backends.Choice backend;

  @BeforeEach
  void requireABackendThatCountsItsMemory() {
    backend = Backends.choose("auto", ComputeDtype.AUTO);
    Assumptions.assumeTrue(
        backend.outline().isPresent(),
        "skipped: " + backend.backend().name() + " does not count its memory");
  }

  @ParameterizedTest
  @CsvSource({
    "QUICKSTART, false, 0.0",
    "QUICKSTART, true, 0.0",
    "QUICKSTART, false, 0.1",
    "SMOLLM, false, 0.0",
    "SMOLLM, true, 0.0",
    "QWEN3_MOE, false, 0.0"
  })
  void ofUpdates(PlannedModel model, boolean checkpointing, double beta) {
    UpdateSettings settings = MeasuredUpdate.settings(checkpointing, beta);
    MemoryNeed need =
        new MemoryPlan(backend, model.config())
            .update(settings, false, new BatchShape(96, 10, 40))
            .orElseThrow();
    assertThat(MeasuredUpdate.held(backend, model.config(), settings, 96, 10, 40))
        .isCloseTo(need.bytes(), A_TENTH);
    assertThat(need.parts().get(Part.REFERENCE) > 0).isEqualTo(beta > 0);
    long trained =
        ParameterLayout.of(model.config()).specs().stream()
            .filter(ParameterSpec::trained)
            .mapToLong(ParameterSpec::size)
            .sum();
    assertThat(need.parts().get(Part.MOMENTS)).isBetween(8 * trained, 8 * trained * 101 / 100);
  }

  /** Batches of many lengths take what the longest of them takes. */
  @Test
  void ofUpdatesWhoseAnswersGrow() {
    ModelConfig config = PlannedModel.QUICKSTART.config();
    UpdateSettings settings = MeasuredUpdate.settings(false, 0);
    MemoryNeed need =
        new MemoryPlan(backend, config)
            .update(settings, false, new BatchShape(96, 10, 60))
            .orElseThrow();
    assertThat(MeasuredUpdate.held(backend, config, settings, 96, 10, 5, 30, 12, 60, 44, 51))
        .isCloseTo(need.bytes(), A_TENTH);
  }

  @Test
  void layersThatAreComputedAgainTakeLess() {
    MemoryPlan plan = new MemoryPlan(backend, PlannedModel.SMOLLM.config());
    long kept = activations(plan, false);
    assertThat(activations(plan, true)).isLessThan(kept / 2);
  }

  private static long activations(MemoryPlan plan, boolean checkpointing) {
    return plan.update(MeasuredUpdate.settings(checkpointing, 0), false, new BatchShape(96, 10, 40))
        .orElseThrow()
        .parts()
        .get(Part.ACTIVATIONS);
  }

  @ParameterizedTest
  @EnumSource
  void ofRollouts(PlannedModel model) {
    ModelConfig config = model.config();
    MemoryNeed need =
        new MemoryPlan(backend, config)
            .rollout(new RolloutShape(6, 70, 8, 50, 40, 1))
            .orElseThrow();
    try (Ops ops = backend.open(2);
        DecoderModel policy = DecoderModel.initialize(config, 1, ops, Purpose.INFERENCE)) {
      List<GenerationRequest> requests = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        requests.add(new GenerationRequest(i, new Random(i).ints(70, 3, 20).toArray(), 8));
      }
      new Generator(policy, Set.of(), 40)
          .generate(requests, SamplingSettings.DEFAULT.withMaxNewTokens(50), new RandomKey(1, 2));
      assertThat(ops.memoryUse().orElseThrow().held()).isCloseTo(need.bytes(), A_TENTH);
    }
  }

  /** Held against what the system says of a process of its own. */
  @Tag("slow")
  @ParameterizedTest
  @EnumSource
  void ofAProcessAsTheSystemSeesIt(PlannedModel model) throws Exception {
    UpdateSettings settings = MeasuredUpdate.settings(false, 0);
    long predicted =
        new MemoryPlan(backend, model.config())
            .update(settings, false, new BatchShape(600, 10, 60))
            .orElseThrow()
            .bytes();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms512m",
                "-Xmx512m",
                "-XX:+AlwaysPreTouch",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                MeasuredUpdate.class.getName(),
                model.name(),
                "600",
                "10",
                "60")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String measured = new String(process.getInputStream().readAllBytes()).strip();
    assertThat(process.waitFor()).isZero();
    System.out.printf("%s: predicted %,d bytes, RssAnon grew by %s%n", model, predicted, measured);
    assertThat(Long.parseLong(measured)).isCloseTo(predicted, A_TENTH);
  }
}
