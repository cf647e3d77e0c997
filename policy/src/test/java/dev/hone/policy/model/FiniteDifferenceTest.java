package dev.hone.policy.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Routing;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.TokenLogProbs;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients equal central differences, where no fixture holds them. */
@Tag("slow")
class FiniteDifferenceTest {

  private static final double TEMPERATURE = 0.9;

  private static Ops ops;

  @BeforeAll
  static void openBackend() {
    ops = Backends.select("auto").open(1);
  }

  @AfterAll
  static void closeBackend() {
    ops.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "variants/v3-negbias-attnbias",
        "variants/v2-group-limited",
        "variants/v2-lite-mscale-differs",
        "tiny-dense/qwen2",
        "tiny-dense/qwen2-tied",
        "tiny-dense/llama",
        "tiny-dense/llama3-rope",
        "tiny-dense/qwen3",
        "tiny-dense/qwen3-moe"
      })
  void everyParameterMovesTheObjectiveAsItsGradientSays(String name) {
    ParityFixture fixture = new ParityFixture(name);
    Random random = new Random(3);
    float[] dLogProb = new float[fixture.tokens.length];
    float[] dEntropy = new float[fixture.tokens.length];
    for (int i = 0; i < dLogProb.length; i++) {
      dLogProb[i] = (float) random.nextGaussian();
      dEntropy[i] = (float) random.nextGaussian() / 4;
    }
    try (DecoderModel model = Checkpoint.open(fixture.directory).load(ops, Purpose.TRAINING)) {
      GradientParityTest.backward(model, fixture, dLogProb, dEntropy, TEMPERATURE);
      for (Parameter parameter : model.parameters()) {
        if (parameter.trainable()) {
          float[] gradient = parameter.gradient().toFloats();
          float[] values = parameter.value().toFloats();
          for (int entry : new int[] {largest(gradient), random.nextInt(gradient.length)}) {
            double slope = slope(model, fixture, parameter, values, entry, dLogProb, dEntropy);
            double scale = Math.abs(gradient[largest(gradient)]);
            assertThat((double) gradient[entry])
                .as("%s[%d], its largest entry is %s", parameter.name(), entry, scale)
                .isCloseTo(slope, within(1e-2 * Math.abs(slope) + 3e-3 * scale + 2e-3));
          }
        }
      }
    }
  }

  /** The central difference of a step that leaves every choice of experts as it was. */
  private static double slope(
      DecoderModel model,
      ParityFixture fixture,
      Parameter parameter,
      float[] values,
      int entry,
      float[] dLogProb,
      float[] dEntropy) {
    float kept = values[entry];
    List<Integer> unmoved = new ArrayList<>();
    objective(model, fixture, dLogProb, dEntropy, unmoved);
    for (float step = 4e-3f; ; step /= 2) {
      List<Integer> up = new ArrayList<>();
      List<Integer> down = new ArrayList<>();
      float above = kept + step;
      float below = kept - step;
      values[entry] = above;
      parameter.assign(values);
      double more = objective(model, fixture, dLogProb, dEntropy, up);
      values[entry] = below;
      parameter.assign(values);
      double less = objective(model, fixture, dLogProb, dEntropy, down);
      values[entry] = kept;
      parameter.assign(values);
      if ((up.equals(unmoved) && down.equals(unmoved)) || step < 1e-4) {
        return (more - less) / ((double) above - below);
      }
    }
  }

  private static double objective(
      DecoderModel model,
      ParityFixture fixture,
      float[] dLogProb,
      float[] dEntropy,
      List<Integer> chosen) {
    ForwardListener choices =
        new ForwardListener() {
          @Override
          public void routed(int layer, Routing routing) {
            for (int expert : routing.experts().toInts()) {
              chosen.add(expert);
            }
          }
        };
    try (Scope scope = ops.scope();
        Packing packing = ops.pack(fixture.lengths)) {
      TokenLogProbs probs =
          model.tokenLogProbs(
              model.hidden(fixture.tokens, packing, choices), fixture.targets(), TEMPERATURE);
      return GradientParityTest.dot(probs.logProbs().toFloats(), dLogProb)
          + GradientParityTest.dot(probs.entropies().toFloats(), dEntropy);
    }
  }

  private static int largest(float[] values) {
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      if (Math.abs(values[i]) > Math.abs(values[largest])) {
        largest = i;
      }
    }
    return largest;
  }
}
