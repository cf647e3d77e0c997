package dev.hone.policy.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.checkpoint.Safetensors;
import dev.hone.policy.tensor.GradientTape;
import dev.hone.policy.tensor.GradientTape.Root;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.TokenLogProbs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients of every parameter, under its names on disk, equal those of transformers. */
class GradientParityTest {

  /** Of the largest entry of a tensor's gradient; the fixtures measured 1e-6. */
  private static final double TOLERANCE = 1e-4;

  private static final EveryBackend BACKENDS = new EveryBackend();

  private Ops ops;

  @AfterAll
  static void closeBackends() {
    BACKENDS.close();
  }

  static Stream<Arguments> models() {
    return EveryBackend.with(
        "tiny-deepseek-v3",
        "tiny-deepseek-v2-lite",
        "variants/v3-16experts-yarn-eps",
        "variants/v3-nogroup-noqlora-tied-halfrope");
  }

  @ParameterizedTest
  @MethodSource("models")
  void ofTheMeanNegativeLogLikelihood(String backend, String name) {
    ops = BACKENDS.ops(backend);
    ParityFixture fixture = new ParityFixture(name);
    boolean[] next = fixture.hasNext();
    int count = fixture.tokens.length - fixture.lengths.length;
    float[] dLogProb = new float[next.length];
    for (int i = 0; i < next.length; i++) {
      dLogProb[i] = next[i] ? -1f / count : 0;
    }
    compare(fixture, "expected_grads_nll", dLogProb, new float[next.length], 1);
  }

  static Stream<Arguments> weighted() {
    return EveryBackend.with("tiny-deepseek-v3", "tiny-deepseek-v2-lite");
  }

  @ParameterizedTest
  @MethodSource("weighted")
  void ofAnyWeightingOfLogProbabilitiesAndEntropiesAtATemperature(String backend, String name) {
    ops = BACKENDS.ops(backend);
    ParityFixture fixture = new ParityFixture(name);
    try (Safetensors expected = fixture.open("expected_grads_weighted")) {
      int longest = Arrays.stream(fixture.lengths).max().orElseThrow();
      float[] paddedLogProb = expected.floats("coef_logp");
      float[] paddedEntropy = expected.floats("coef_entropy");
      float[] dLogProb = new float[fixture.tokens.length];
      float[] dEntropy = new float[fixture.tokens.length];
      int to = 0;
      for (int row = 0; row < fixture.lengths.length; row++) {
        for (int t = longest - fixture.lengths[row]; t < longest; t++, to++) {
          dLogProb[to] = t < longest - 1 ? paddedLogProb[row * (longest - 1) + t] : 0;
          dEntropy[to] = paddedEntropy[row * longest + t];
        }
      }
      compare(
          fixture,
          "expected_grads_weighted",
          dLogProb,
          dEntropy,
          expected.floats("temperature")[0]);
    }
  }

  private void compare(
      ParityFixture fixture, String file, float[] dLogProb, float[] dEntropy, double temperature) {
    try (DecoderModel model = Checkpoint.open(fixture.directory).load(ops, Purpose.TRAINING);
        Safetensors expected = fixture.open(file)) {
      backward(model, fixture, dLogProb, dEntropy, temperature);
      Map<String, float[]> found = gradients(model);
      List<String> names =
          expected.names().stream().filter(name -> name.startsWith("grad.")).toList();
      assertThat(found.keySet())
          .isEqualTo(
              names.stream()
                  .map(name -> name.substring("grad.".length()))
                  .collect(Collectors.toCollection(TreeSet::new)));
      for (String name : names) {
        assertClose(
            name, found.get(name.substring("grad.".length())), expected.floats(name), TOLERANCE);
      }
    }
  }

  /** Pulls the gradients back; returns the objective. */
  static double backward(
      DecoderModel model,
      ParityFixture fixture,
      float[] dLogProb,
      float[] dEntropy,
      double temperature) {
    try (Scope scope = model.ops().scope();
        Packing packing = model.ops().pack(fixture.lengths);
        GradientTape tape = model.ops().tape()) {
      TokenLogProbs probs =
          model.tokenLogProbs(
              model.hidden(fixture.tokens, packing), fixture.targets(), temperature);
      double objective = dot(probs.logProbs().toFloats(), dLogProb);
      objective += dot(probs.entropies().toFloats(), dEntropy);
      tape.backward(
          List.of(new Root(probs.logProbs(), dLogProb), new Root(probs.entropies(), dEntropy)));
      return objective;
    }
  }

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /** Gradients of the trainable parameters, cut up as they are named on disk. */
  static Map<String, float[]> gradients(DecoderModel model) {
    Map<String, float[]> gradients = new TreeMap<>();
    for (Parameter parameter : model.parameters()) {
      if (parameter.trainable()) {
        gradients.putAll(
            model.layout().spec(parameter.name()).split(parameter.gradient().toFloats()));
      }
    }
    return gradients;
  }

  static void assertClose(String what, float[] found, float[] expected, double tolerance) {
    double scale = 0;
    double worst = 0;
    assertThat(found).as(what).isNotNull().hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(found[i] - expected[i]);
      worst = Math.max(worst, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
      scale = Math.max(scale, Math.abs(expected[i]));
    }
    assertThat(worst)
        .as("largest error of %s, whose largest entry is %s", what, scale)
        .isLessThanOrEqualTo(tolerance * scale);
  }
}
