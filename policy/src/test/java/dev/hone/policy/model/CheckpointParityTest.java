package dev.hone.policy.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.Shared;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.checkpoint.Safetensors;
import dev.hone.policy.checkpoint.TensorType;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints of every form give the model they hold, and what is written is what was read. */
class CheckpointParityTest {

  private static Ops ops;

  @TempDir Path temporary;

  @BeforeAll
  static void openBackend() {
    ops = Backends.select("auto").open(1);
  }

  @AfterAll
  static void closeBackend() {
    ops.close();
  }

  static Stream<String> models() {
    return Arrays.stream(ParityFixture.ALL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v3-hub-style", "v2-lite-hub-style"})
  void checkpointsAsTheyLieOnTheHubGiveTheLogitsOfTransformers(String style) throws IOException {
    Path directory = Shared.directory("fixtures/checkpoint-formats/" + style);
    JsonNode inputs = new ObjectMapper().readTree(directory.resolve("inputs.json").toFile());
    int[] tokens = ints(inputs.get("packed_input_ids"));
    int[] lengths = ints(inputs.get("lens"));
    try (DecoderModel model = Checkpoint.open(directory).load(ops, Purpose.INFERENCE);
        Safetensors expected = Safetensors.open(directory.resolve("expected.safetensors"))) {
      ParityFixture fixture = new ParityFixture(directory, tokens, lengths);
      Map<String, float[]> found = ForwardParityTest.run(model, fixture);
      ForwardParityTest.assertClose(
          "logits", found.get("logits"), expected.floats("logits_fp32compute"));
      ForwardParityTest.assertClose(
          "logps", found.get("logps"), expected.floats("logps_fp32compute"));
      int[] greedy = ParityFixture.ints(expected.longs("greedy_ids_fp32compute"));
      Greedy.assertFollows(model, fixture, greedy, null);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void whatIsWrittenHoldsTheSameTensorsAndConfiguration(String name) throws IOException {
    ParityFixture fixture = new ParityFixture(name);
    Path written = temporary.resolve("written");
    float[] before;
    try (DecoderModel model = Checkpoint.open(fixture.directory).load(ops, Purpose.INFERENCE)) {
      before = logits(model, fixture);
      Checkpoint.write(written, model, fixture.directory, DType.FLOAT32);
    }
    try (Safetensors source = fixture.open("model");
        Safetensors target = Safetensors.open(written.resolve("model.safetensors"))) {
      assertThat(target.names()).containsExactlyInAnyOrderElementsOf(source.names());
      assertThat(target.metadata()).containsEntry("format", "pt");
      for (String tensor : source.names()) {
        assertThat(target.entry(tensor).shape()).isEqualTo(source.entry(tensor).shape());
        assertThat(target.entry(tensor).type()).isEqualTo(TensorType.F32);
        assertThat(Arrays.equals(target.floats(tensor), source.floats(tensor))).as(tensor).isTrue();
      }
    }
    ObjectMapper json = new ObjectMapper();
    JsonNode config = json.readTree(written.resolve("config.json").toFile());
    json.readTree(fixture.directory.resolve("config.json").toFile())
        .fields()
        .forEachRemaining(
            key -> assertThat(config.get(key.getKey())).as(key.getKey()).isEqualTo(key.getValue()));
    assertThat(json.readTree(written.resolve("generation_config.json").toFile()))
        .isEqualTo(json.readTree(fixture.directory.resolve("generation_config.json").toFile()));
    try (DecoderModel model = Checkpoint.open(written).load(ops, Purpose.INFERENCE)) {
      assertThat(Arrays.equals(logits(model, fixture), before)).isTrue();
    }
  }

  @Test
  void bf16WeightsAreRoundedAndCorrectionBiasesAreNot() throws IOException {
    ParityFixture fixture = new ParityFixture("tiny-deepseek-v3");
    Path written = temporary.resolve("written");
    try (DecoderModel model = Checkpoint.open(fixture.directory).load(ops, Purpose.INFERENCE)) {
      Checkpoint.write(written, model, null, DType.BFLOAT16);
    }
    try (Safetensors source = fixture.open("model");
        Safetensors target = Safetensors.open(written.resolve("model.safetensors"))) {
      for (String tensor : source.names()) {
        boolean bias = tensor.endsWith("e_score_correction_bias");
        assertThat(target.entry(tensor).type()).isEqualTo(bias ? TensorType.F32 : TensorType.BF16);
        float[] wide = source.floats(tensor);
        float[] narrow = target.floats(tensor);
        for (int i = 0; i < wide.length; i++) {
          // Half a unit in the last of 8 places.
          double allowed = bias ? 0 : Math.ulp(wide[i]) * 0x1p15;
          if (Math.abs(narrow[i] - wide[i]) > allowed) {
            fail("%s[%d]: %s became %s", tensor, i, wide[i], narrow[i]);
          }
        }
      }
    }
    JsonNode generation =
        new ObjectMapper().readTree(written.resolve("generation_config.json").toFile());
    assertThat(generation.get("eos_token_id").asInt()).isEqualTo(2);
    assertThat(Checkpoint.open(written).config().keys()).containsEntry("dtype", "bfloat16");
  }

  @Test
  void freshWeightsDependOnSeedAndNameAloneAndHaveTheirSpread() {
    ParityFixture fixture = new ParityFixture("tiny-deepseek-v3");
    ModelConfig config = Checkpoint.open(fixture.directory).config();
    try (DecoderModel one = DecoderModel.initialize(config, 5, ops);
        DecoderModel same = DecoderModel.initialize(config, 5, ops);
        DecoderModel other = DecoderModel.initialize(config, 6, ops);
        DecoderModel deeper =
            DecoderModel.initialize(config.with("num_hidden_layers", 4), 5, ops)) {
      Set<Float> seen = new HashSet<>();
      for (int i = 0; i < one.parameters().size(); i++) {
        Parameter parameter = one.parameters().get(i);
        float[] values = parameter.value().toFloats();
        assertThat(Arrays.equals(same.parameters().get(i).value().toFloats(), values)).isTrue();
        boolean bias = parameter.name().endsWith("bias");
        assertThat(parameter.trainable()).isEqualTo(!bias);
        if (parameter.name().contains("norm")) {
          assertThat(values).containsOnly(1);
        } else if (bias) {
          assertThat(values).containsOnly(0);
        } else {
          assertThat(other.parameters().get(i).value().toFloats()).isNotEqualTo(values);
          double squares = 0;
          double sum = 0;
          for (float value : values) {
            squares += (double) value * value;
            sum += value;
          }
          int n = values.length;
          double deviation = Math.sqrt(squares / n);
          assertThat(Math.abs(deviation / 0.02 - 1)).isLessThan(5 / Math.sqrt(2.0 * n));
          assertThat(Math.abs(sum / n)).isLessThan(5 * 0.02 / Math.sqrt(n));
          seen.add(values[0]);
        }
      }
      assertThat(seen).hasSizeGreaterThan(20);
      Map<String, float[]> shallow = byName(one);
      byName(deeper)
          .forEach(
              (name, values) -> {
                if (shallow.containsKey(name)) {
                  assertThat(Arrays.equals(values, shallow.get(name))).as(name).isTrue();
                }
              });
    }
  }

  private static Map<String, float[]> byName(DecoderModel model) {
    Map<String, float[]> values = new TreeMap<>();
    model.parameters().forEach(p -> values.put(p.name(), p.value().toFloats()));
    return values;
  }

  private static float[] logits(DecoderModel model, ParityFixture fixture) {
    try (Scope scope = ops.scope();
        Packing packing = ops.pack(fixture.lengths)) {
      Tensor hidden = model.hidden(fixture.tokens, packing);
      return model.logits(hidden).toFloats();
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
