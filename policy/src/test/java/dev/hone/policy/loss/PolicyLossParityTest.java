package dev.hone.policy.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Every case that TRL's own GRPOTrainer and RLOOTrainer were asked. */
class PolicyLossParityTest {

  private final Path fixtures = Fixtures.directory("grpo-loss");
  private final Map<String, Map<String, Fixtures.Array>> data = new HashMap<>();

  @Test
  void everyGrpoCaseHasTheLossMetricsAndGradientsOfTrl() throws IOException {
    JsonNode file = Fixtures.json(fixtures.resolve("grpo_cases.json"));
    Map<String, Fixtures.Array> gradients =
        Fixtures.tensors(fixtures.resolve("grpo_grads.safetensors"));
    int checked = 0;
    for (JsonNode item : file.get("cases")) {
      ObjectNode options = file.get("defaults").deepCopy();
      options.setAll((ObjectNode) item.get("overrides"));
      check(item, options, gradients);
      checked++;
    }
    assertThat(checked).isEqualTo(642);
  }

  @Test
  void everyRlooCaseHasTheLossMetricsAndGradientsOfTrl() throws IOException {
    Map<String, Fixtures.Array> gradients =
        Fixtures.tensors(fixtures.resolve("rloo_grads.safetensors"));
    ObjectNode defaults =
        Fixtures.json(fixtures.resolve("grpo_cases.json")).get("defaults").deepCopy();
    int checked = 0;
    for (JsonNode item : Fixtures.json(fixtures.resolve("rloo_cases.json"))) {
      ObjectNode options = defaults.deepCopy();
      options.put("loss_type", "rloo");
      options.set("epsilon", item.get("epsilon"));
      options.set("epsilon_high", item.get("epsilon_high"));
      check(item, options, gradients);
      checked++;
    }
    assertThat(checked).isEqualTo(9);
  }

  private void check(JsonNode item, JsonNode options, Map<String, Fixtures.Array> gradients)
      throws IOException {
    String name = item.get("name").asText();
    PolicyLossSettings settings = settings(options);
    List<PolicySequence> batch = batch(item.get("data").asText(), options);
    BatchTotals totals = totals(batch, options, settings);
    LossMetrics metrics = new LossMetrics();
    double loss = 0;
    Fixtures.Array byLogProbs = gradients.get(name + ".grad_logps");
    Fixtures.Array byEntropies = gradients.get(name + ".grad_entropy");
    PolicyLoss policyLoss = new PolicyLoss(settings);
    for (int s = 0; s < batch.size(); s++) {
      SequenceLoss sequence = policyLoss.evaluate(batch.get(s), totals, metrics);
      loss += sequence.loss();
      assertThat(sequence.byLogProbs())
          .as("%s %s sequence %d", name, item.get("overrides"), s)
          .containsExactly(byLogProbs.row(s), within(1e-6));
      if (byEntropies != null) {
        assertThat(sequence.byEntropies())
            .as("%s entropy sequence %d", name, s)
            .containsExactly(byEntropies.row(s), within(1e-6));
      }
    }
    double expected = item.get("loss").asDouble();
    assertThat(loss)
        .as("%s %s", name, item.get("overrides"))
        .isCloseTo(expected, within(1e-6 * Math.max(1, Math.abs(expected))));
    Map<String, Double> values = metrics.values();
    item.get("metrics")
        .properties()
        .forEach(
            metric -> {
              if (!metric.getKey().equals("entropy_coef") && !metric.getValue().isNull()) {
                assertThat(values).as(name).containsKey(metric.getKey());
                assertThat(values.get(metric.getKey()))
                    .as("%s %s %s", name, item.get("overrides"), metric.getKey())
                    .isCloseTo(metric.getValue().asDouble(), within(1e-6));
              }
            });
  }

  private List<PolicySequence> batch(String name, JsonNode options) throws IOException {
    if (!data.containsKey(name)) {
      data.put(name, Fixtures.tensors(fixtures.resolve("data_" + name + ".safetensors")));
    }
    Map<String, Fixtures.Array> arrays = data.get(name);
    boolean rloo = options.get("loss_type").asText().equals("rloo");
    Fixtures.Array masks = arrays.get(rloo ? "completion_mask" : "loss_mask");
    boolean old = options.get("old").asText().equals("given");
    boolean sampled = !options.get("is_mode").isNull();
    List<PolicySequence> batch = new ArrayList<>();
    for (int s = 0; s < masks.shape()[0]; s++) {
      boolean[] mask = new boolean[masks.shape()[1]];
      for (int t = 0; t < mask.length; t++) {
        mask[t] = masks.row(s)[t] != 0;
      }
      batch.add(
          new PolicySequence(
              arrays.get("logps").row(s),
              arrays.get(old ? "old_logps" : "logps").row(s),
              arrays.get("ref_logps").row(s),
              sampled ? arrays.get("sampling_logps").row(s) : null,
              arrays.get("entropy").row(s),
              mask,
              arrays.get("advantages").values()[s]));
    }
    return batch;
  }

  /** TRL divides by its gradient accumulation steps where Hone counts the whole batch. */
  private static BatchTotals totals(
      List<PolicySequence> batch, JsonNode options, PolicyLossSettings settings) {
    int accumulated = options.get("grad_accum").asInt();
    double tokens = batch.stream().mapToInt(PolicySequence::tokens).sum();
    double items = options.get("num_items").isNull() ? tokens : options.get("num_items").asInt();
    return BatchTotals.of(
            (double) batch.size() * accumulated,
            tokens * accumulated,
            items * accumulated / options.get("steps_per_generation").asInt())
        .keepingTopEntropy(
            settings.topEntropyQuantile(),
            batch.stream().map(PolicySequence::entropies).toList(),
            batch.stream().map(PolicySequence::mask).toList());
  }

  private static PolicyLossSettings settings(JsonNode options) {
    JsonNode mode = options.get("is_mode");
    return PolicyLossSettings.builder()
        .lossType(LossType.valueOf(options.get("loss_type").asText().toUpperCase(Locale.ROOT)))
        .importanceSamplingLevel(
            ImportanceSamplingLevel.valueOf(options.get("level").asText().toUpperCase(Locale.ROOT)))
        .beta(options.get("beta").asDouble())
        .useBiasCorrectionKl(options.get("use_bias_correction_kl").asBoolean())
        .epsilon(options.get("epsilon").asDouble())
        .epsilonHigh(optional(options, "epsilon_high"))
        .delta(optional(options, "delta"))
        .maxCompletionLength(options.get("max_completion_length").asInt())
        .entropyCoef(options.get("entropy_coef").asDouble())
        .topEntropyQuantile(options.get("top_entropy_quantile").asDouble())
        .offPolicyMaskThreshold(optional(options, "off_policy_mask_threshold"))
        .importanceSamplingCorrection(
            mode.isNull()
                ? ImportanceSamplingCorrection.NONE
                : ImportanceSamplingCorrection.valueOf(mode.asText().toUpperCase(Locale.ROOT)))
        .importanceSamplingMin(optional(options, "is_clip_min"))
        .importanceSamplingMax(options.get("is_clip_max").asDouble())
        .sapoTemperatureNeg(options.get("sapo_temperature_neg").asDouble())
        .sapoTemperaturePos(options.get("sapo_temperature_pos").asDouble())
        .vespoKPos(options.get("vespo_k_pos").asDouble())
        .vespoLambdaPos(options.get("vespo_lambda_pos").asDouble())
        .vespoKNeg(options.get("vespo_k_neg").asDouble())
        .vespoLambdaNeg(options.get("vespo_lambda_neg").asDouble())
        .build();
  }

  private static OptionalDouble optional(JsonNode options, String key) {
    return options.get(key).isNull()
        ? OptionalDouble.empty()
        : OptionalDouble.of(options.get(key).asDouble());
  }
}
