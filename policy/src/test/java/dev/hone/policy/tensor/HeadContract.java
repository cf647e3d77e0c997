package dev.hone.policy.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** What every backend's fused head computes. */
abstract class HeadContract extends ContractPart {

  HeadContract(IntFunction<Ops> backend) {
    super(backend);
  }

  @Test
  void logProbabilitiesAndEntropiesFollowTheirFormulas() {
    for (double temperature : new double[] {1, 0.6, 1.7}) {
      int[] targets = {3, 0, 3, 8, 5};
      check.check(
          in -> Oracle.tokenLogProbs(in[0], in[1], targets, 4, temperature),
          in -> {
            TokenLogProbs both = ops.tokenLogProbs(in[0], in[1], targets, temperature);
            return List.of(both.logProbs(), both.entropies());
          },
          new double[][] {check.normal(5 * 4), check.normal(9 * 4)},
          shape(5, 4),
          shape(9, 4));
    }
  }

  @Test
  void logitsAtHandGiveWhatTheFusedHeadGives() {
    int[] targets = {3, 0, 3, 8, 5};
    double[] hidden = check.normal(5 * 4);
    double[] head = check.normal(9 * 4);
    double[] logits = Oracle.linear(hidden, head, null, 5, 4, 9);
    TokenLogProbs both = ops.logProbs(check.tensor(logits, 5, 9), targets, 0.8);
    float[] joined = Arrays.copyOf(both.logProbs().toFloats(), 10);
    System.arraycopy(both.entropies().toFloats(), 0, joined, 5, 5);
    OpsCheck.assertClose(
        "log-probabilities, entropies",
        OpsCheck.toDoubles(joined),
        Oracle.tokenLogProbs(hidden, head, targets, 4, 0.8));
  }

  @Test
  void tokensAreDrawnAtTheirPlaceInTheDistribution() {
    int vocabulary = 700;
    float[] logits = OpsCheck.toFloats(check.normal(3 * vocabulary));
    int[] rows = {2, 0, 0, 1, 2};
    double[] uniforms = {0.1, 0, 0.5, 0.999, 0.3};
    ops.sample(ops.floats(logits, 3, vocabulary), rows, uniforms, 0.7)
        .ifPresent(
            tokens -> {
              for (int i = 0; i < rows.length; i++) {
                double[] own = new double[vocabulary];
                for (int j = 0; j < vocabulary; j++) {
                  own[j] = logits[rows[i] * vocabulary + j] / 0.7;
                }
                double[] p = Oracle.softmax(own);
                double below = Arrays.stream(p, 0, tokens[i]).sum();
                assertThat(uniforms[i]).isBetween(below - 1e-6, below + p[tokens[i]] + 1e-6);
              }
            });
    Tensor broken = ops.floats(new float[] {0, Float.NaN}, 1, 2);
    try {
      assertThat(ops.sample(broken, new int[1], new double[1], 1)).isEmpty();
    } catch (ArithmeticException expected) {
      assertThat(expected).hasMessageContaining("not finite");
    }
  }

  @Test
  void theTiedEmbeddingGathersBothGradients() {
    int[] tokens = {2, 0, 5};
    int[] targets = {0, 5, 1};
    check.check(
        in -> {
          double[] hidden = new double[3 * 4];
          for (int i = 0; i < 12; i++) {
            hidden[i] = in[0][tokens[i / 4] * 4 + i % 4];
          }
          return Arrays.copyOf(Oracle.tokenLogProbs(hidden, in[0], targets, 4, 1), 3);
        },
        in -> ops.tokenLogProbs(ops.embedding(in[0], tokens), in[0], targets, 1).logProbs(),
        shape(6, 4));
  }

  @Test
  void rowsOfAVocabularyPastTheChunkAddUp() {
    int vocabulary = 70_000;
    int rows = 300;
    float[] head = OpsCheck.toFloats(check.normal(vocabulary * 2));
    float[] hidden = OpsCheck.toFloats(check.normal(rows * 2));
    int[] targets = new int[rows];
    Arrays.setAll(targets, i -> (i * 7919) % vocabulary);
    float[] ones = new float[rows];
    Arrays.fill(ones, 1);
    try (Parameter hiddenLeaf = ops.parameter("hidden", hidden, true, rows, 2);
        Parameter headLeaf = ops.parameter("head", head, true, vocabulary, 2);
        Scope scope = ops.scope();
        GradientTape tape = ops.tape()) {
      TokenLogProbs both = ops.tokenLogProbs(hiddenLeaf.value(), headLeaf.value(), targets, 1);
      double[] expected =
          Oracle.tokenLogProbs(OpsCheck.toDoubles(hidden), OpsCheck.toDoubles(head), targets, 2, 1);
      OpsCheck.assertClose(
          "log-probabilities",
          OpsCheck.toDoubles(both.logProbs().toFloats()),
          Arrays.copyOf(expected, rows));
      OpsCheck.assertClose(
          "entropies",
          OpsCheck.toDoubles(both.entropies().toFloats()),
          Arrays.copyOfRange(expected, rows, 2 * rows));
      tape.backward(List.of(new GradientTape.Root(both.logProbs(), ones)));
      // Sum over the vocabulary of (1[target] - p): the head's gradient adds up to zero by column.
      float[] gradient = headLeaf.gradient().toFloats();
      double[] sums = new double[2];
      double size = 0;
      for (int i = 0; i < gradient.length; i++) {
        sums[i % 2] += gradient[i];
        size = Math.max(size, Math.abs(gradient[i]));
      }
      assertThat(size).isGreaterThan(0.1);
      assertThat(sums[0]).isBetween(-1e-3, 1e-3);
      assertThat(sums[1]).isBetween(-1e-3, 1e-3);
    }
  }

  @Test
  void withoutATapeNothingIsRemembered() {
    try (Parameter head = ops.parameter("head", new float[12], true, 3, 4);
        Scope scope = ops.scope()) {
      TokenLogProbs both =
          ops.tokenLogProbs(ops.floats(new float[4], 1, 4), head.value(), new int[] {1}, 1);
      assertThat(both.logProbs().toFloats()[0]).isEqualTo((float) -Math.log(3));
      assertThat(both.entropies().toFloats()[0]).isEqualTo((float) Math.log(3));
      assertThat(head.gradient().toFloats()).containsOnly(0);
    }
  }
}
