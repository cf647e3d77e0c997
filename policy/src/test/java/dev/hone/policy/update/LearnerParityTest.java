package dev.hone.policy.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hone.policy.advantage.AdvantageSettings;
import dev.hone.policy.advantage.Advantages;
import dev.hone.policy.advantage.RewardBatch;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.loss.Fixtures;
import dev.hone.policy.loss.LossMetrics;
import dev.hone.policy.loss.PolicyLossSettings;
import dev.hone.policy.loss.RouterBalance;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.DiskTensor;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.optimizer.LrSchedulerType;
import dev.hone.policy.optimizer.OptimizerSettings;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.GradientTape;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LearnerParityTest {

  @Test
  void fourStepsOfTrlsTrainerAreReproduced() throws IOException {
    Path fixtures = Fixtures.directory("grpo-trainer-e2e");
    JsonNode run = Fixtures.json(fixtures.resolve("e2e.json"));
    Checkpoint checkpoint = Checkpoint.open(Fixtures.directory("tiny-deepseek-v3"));
    try (Ops ops = Backends.select("auto").open(1);
        DecoderModel model = checkpoint.load(ops, Purpose.TRAINING);
        DecoderModel reference = checkpoint.load(ops, Purpose.INFERENCE);
        Learner learner = new Learner(model, settings(run.get("config")))) {
      for (int phase = 0; phase < 2; phase++) {
        UpdateMetrics metrics = learner.update(batch(run, phase), Optional.of(reference));
        for (int i = 0; i < 2; i++) {
          checkStep(metrics.steps().get(i), run.get("steps").get(2 * phase + i));
        }
        checkParameters(
            model,
            Fixtures.tensors(
                fixtures.resolve("params_after_step" + 2 * (phase + 1) + ".safetensors")));
      }
      assertThat(learner.steps()).isEqualTo(4);
    }
  }

  private static void checkStep(Map<String, Double> found, JsonNode step) {
    JsonNode logged = step.get("logged");
    assertThat(found.get("loss")).isCloseTo(step.get("loss").asDouble(), within(1e-6));
    assertThat(found.get("lr")).isCloseTo(step.get("lr").asDouble(), within(1e-12));
    double norm = logged.get("grad_norm").asDouble();
    assertThat(found.get("grad_norm")).isCloseTo(norm, within(1e-5 * norm));
    assertThat(found.get("kl")).isCloseTo(logged.get("kl").asDouble(), within(1e-5));
    assertThat(found.get("entropy")).isCloseTo(logged.get("entropy").asDouble(), within(1e-5));
    for (String ratio : List.of("low_mean", "high_mean", "region_mean", "low_min", "high_max")) {
      assertThat(found.get("clip_ratio/" + ratio))
          .as(ratio)
          .isCloseTo(logged.get("clip_ratio/" + ratio).asDouble(), within(1e-6));
    }
  }

  private static void checkParameters(DecoderModel model, Map<String, Fixtures.Array> expected) {
    int checked = 0;
    for (Parameter parameter : model.parameters()) {
      float[] values = parameter.value().toFloats();
      for (DiskTensor tensor : model.layout().spec(parameter.name()).disk()) {
        Fixtures.Array array = expected.get(tensor.name());
        if (array == null) {
          assertThat(parameter.trainable()).as(tensor.name()).isFalse();
          continue;
        }
        for (int i = 0; i < array.values().length; i++) {
          double difference = values[(int) tensor.offset() + i] - array.values()[i];
          if (Math.abs(difference) > 2e-5) {
            assertThat(difference).as("%s[%d]", tensor.name(), i).isCloseTo(0, within(2e-5));
          }
        }
        checked++;
      }
    }
    assertThat(checked).isEqualTo(expected.size());
  }

  private static UpdateSettings settings(JsonNode config) {
    return UpdateSettings.builder()
        .totalSteps(config.get("max_steps").asInt())
        .temperature(config.get("temperature").asDouble())
        .numIterations(config.get("num_iterations").asInt())
        .microBatchTokens(40)
        .loss(
            PolicyLossSettings.builder()
                .beta(config.get("beta").asDouble())
                .epsilon(config.get("epsilon").asDouble())
                .epsilonHigh(config.get("epsilon_high").asDouble())
                .maxCompletionLength(config.get("max_completion_length").asInt())
                .build())
        .optimizer(
            OptimizerSettings.builder()
                .learningRate(config.get("learning_rate").asDouble())
                .weightDecay(config.get("weight_decay").asDouble())
                .maxGradNorm(config.get("max_grad_norm").asDouble())
                .adamBeta1(config.get("adam_beta1").asDouble())
                .adamBeta2(config.get("adam_beta2").asDouble())
                .adamEpsilon(config.get("adam_epsilon").asDouble())
                .lrSchedulerType(LrSchedulerType.LINEAR)
                .build())
        .build();
  }

  private static List<TrainingSequence> batch(JsonNode run, int phase) {
    double[] rewards = new double[8];
    int[] lengths = new int[8];
    for (int i = 0; i < 8; i++) {
      rewards[i] = run.get("rewards").get(phase).get(i).asDouble();
    }
    double[] advantages =
        Advantages.estimate(
                RewardBatch.ofSums(new int[] {4, 4}, rewards, lengths),
                AdvantageSettings.defaults())
            .advantages();
    JsonNode tokens = run.get("phases").get(phase);
    List<TrainingSequence> batch = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      batch.add(
          new TrainingSequence(
              ints(tokens.get("prompt_ids").get(i)),
              ints(tokens.get("completion_ids").get(i)),
              null,
              advantages[i],
              null,
              null));
    }
    return batch;
  }

  @Test
  void theBatchBalanceLossIsThatOfTransformers() throws IOException {
    Path fixture = Fixtures.directory("tiny-dense").resolve("qwen3-moe");
    Map<String, Fixtures.Array> expected =
        Fixtures.tensors(fixture.resolve("expected_aux_loss.safetensors"));
    JsonNode inputs = Fixtures.json(fixture.resolve("inputs.json"));
    List<SupervisedSequence> sequences = new ArrayList<>();
    for (int row = 0; row < inputs.get("attention_mask").size(); row++) {
      int[] ids = ints(inputs.get("left_padded_input_ids").get(row));
      int padding = 0;
      while (inputs.get("attention_mask").get(row).get(padding).asInt() == 0) {
        padding++;
      }
      int[] prompt = Arrays.copyOfRange(ids, padding, ids.length);
      sequences.add(new SupervisedSequence(prompt, new int[] {0})); // all of it is fed in
    }
    int[] all = {0, 1, 2};
    try (Ops ops = Backends.select("auto").open(1);
        DecoderModel model = Checkpoint.open(fixture).load(ops, Purpose.TRAINING)) {
      Routers routers = new Routers(1, RouterBalance.BATCH);
      PackedCompletions packed = PackedCompletions.of(sequences, all);
      try (Scope scope = ops.scope()) {
        packed.forward(model, 1, routers);
      }
      routers.counted();
      LossMetrics metrics = new LossMetrics();
      for (int index : all) { // cut into micro-batches of one
        PackedCompletions alone = PackedCompletions.of(sequences, new int[] {index});
        routers.nextPass();
        try (Scope scope = ops.scope();
            GradientTape tape = ops.tape()) {
          alone.forward(model, 1, routers);
          tape.backward(routers.balance(alone, all.length, metrics));
        }
      }
      assertThat(metrics.values().get("aux_loss"))
          .isCloseTo(expected.get("aux_loss").values()[0], within(1e-5));
      for (Parameter parameter : model.parameters()) {
        Fixtures.Array gradient = expected.get("grad." + parameter.name());
        if (gradient != null) {
          try (Scope scope = ops.scope()) {
            float[] found = parameter.gradient().toFloats();
            for (int i = 0; i < found.length; i++) {
              assertThat((double) found[i]).isCloseTo(gradient.values()[i], within(1e-5));
            }
          }
        }
      }
    }
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }
}
