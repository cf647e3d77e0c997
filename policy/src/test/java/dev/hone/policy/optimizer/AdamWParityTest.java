package dev.hone.policy.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hone.policy.loss.Fixtures;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.GradientTape;
import dev.hone.policy.tensor.GradientTape.Root;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** torch.optim.AdamW with clipping and schedule, five steps of four settings. */
class AdamWParityTest {

  private static final List<String> NAMES = List.of("w1", "w2", "norm", "bias");

  @Test
  void fiveStepsOfEverySettingEqualTorchs() throws IOException {
    Path fixtures = Fixtures.directory("adamw");
    Map<String, Fixtures.Array> tensors = Fixtures.tensors(fixtures.resolve("adamw.safetensors"));
    JsonNode cases = Fixtures.json(fixtures.resolve("adamw.json")).get("cases");
    try (Ops ops = Backends.select("auto").open(1)) {
      for (Map.Entry<String, JsonNode> entry : cases.properties()) {
        run(ops, entry.getKey(), entry.getValue(), tensors);
      }
    }
  }

  private static void run(
      Ops ops, String name, JsonNode options, Map<String, Fixtures.Array> tensors) {
    OptimizerSettings settings =
        OptimizerSettings.builder()
            .learningRate(options.get("lr").asDouble())
            .adamBeta1(options.get("betas").get(0).asDouble())
            .adamBeta2(options.get("betas").get(1).asDouble())
            .adamEpsilon(options.get("eps").asDouble())
            .weightDecay(options.get("weight_decay").asDouble())
            .maxGradNorm(options.get("max_norm").asDouble())
            .warmupSteps(options.get("warmup").asInt())
            .lrSchedulerType(
                LrSchedulerType.valueOf(options.get("scheduler").asText().toUpperCase(Locale.ROOT)))
            .build();
    List<Parameter> parameters = new ArrayList<>();
    for (String parameter : NAMES) {
      Fixtures.Array init = tensors.get(name + ".init." + parameter);
      parameters.add(ops.parameter(parameter, floats(init.values()), true, init.shape()));
    }
    try (AdamW optimizer = new AdamW(ops, parameters, settings)) {
      for (int step = 0; step < options.get("steps").size(); step++) {
        String at = name + ".step" + step;
        optimizer.zeroGradients();
        setGradients(ops, parameters, at, tensors);
        double norm = optimizer.gradientNorm();
        double expectedNorm =
            options.get("steps").get(step).get("grad_norm_before_clip").asDouble();
        assertThat(norm).as(at).isCloseTo(expectedNorm, within(1e-6 * expectedNorm));
        double rate =
            settings.lrSchedulerType().rate(settings, step, options.get("total").asLong());
        assertThat(rate)
            .as(at)
            .isCloseTo(options.get("steps").get(step).get("lr_used").asDouble(), within(1e-12));
        optimizer.step(rate, norm);
        for (Parameter parameter : parameters) {
          double[] expected = tensors.get(at + ".param." + parameter.name()).values();
          float[] found = parameter.value().toFloats();
          for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i])
                .as("%s %s %d", at, parameter.name(), i)
                .isCloseTo(expected[i], within(1e-6 * Math.max(1, Math.abs(expected[i]))));
          }
        }
      }
    }
    parameters.forEach(Parameter::close);
  }

  /** Through the tape: the sum of a parameter's elements times the wanted gradient. */
  private static void setGradients(
      Ops ops, List<Parameter> parameters, String at, Map<String, Fixtures.Array> tensors) {
    try (Scope scope = ops.scope();
        GradientTape tape = ops.tape()) {
      List<Root> roots = new ArrayList<>();
      for (Parameter parameter : parameters) {
        int[] dims = parameter.value().shape().dims();
        float[] gradient = floats(tensors.get(at + ".grad." + parameter.name()).values());
        roots.add(new Root(ops.reshape(parameter.value(), dims), gradient));
      }
      tape.backward(roots);
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
