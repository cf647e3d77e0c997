package dev.hone.policy.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every backend's tape, scopes, parameters and optimizer promise. */
abstract class TrainingContract extends ContractPart {

  TrainingContract(IntFunction<Ops> backend) {
    super(backend);
  }

  @Test
  void gradientsAccumulateUntilTheyAreZeroed() {
    try (Parameter p = ops.parameter("p", new float[] {1, -2}, true, 2)) {
      assertThat(p.gradient().toFloats()).containsExactly(0, 0);
      p.zeroGradient();
      pull(p, 1, 10);
      assertThat(p.gradient().toFloats()).containsExactly(2, 20);
      pull(p, 0, 1);
      assertThat(p.gradient().toFloats()).containsExactly(2, 22);
      pull(p, Float.NaN, 1);
      assertThat(ops.globalNorm(List.of(p))).isNaN();
      p.zeroGradient();
      assertThat(p.gradient().toFloats()).containsExactly(0, 0);
      pull(p, 3, 4);
      assertThat(ops.globalNorm(List.of(p))).isEqualTo(10);
    }
  }

  private void pull(Parameter p, float... gradient) {
    try (Scope scope = ops.scope();
        GradientTape tape = ops.tape()) {
      Tensor twice = ops.add(p.value(), p.value());
      tape.backward(List.of(new GradientTape.Root(twice, gradient)));
    }
  }

  @Test
  void severalRootsShareTheirHistory() {
    try (Parameter p = ops.parameter("p", new float[] {1, 2, 3, 4}, true, 2, 2);
        Scope scope = ops.scope();
        GradientTape tape = ops.tape()) {
      Tensor sum = ops.add(p.value(), p.value());
      Tensor column = ops.slice(sum, 0, 1);
      tape.backward(
          List.of(
              new GradientTape.Root(column, new float[] {1, 1}),
              new GradientTape.Root(sum, new float[] {0, 5, 0, 5}),
              new GradientTape.Root(p.value(), new float[] {0, 0, 100, 0}),
              new GradientTape.Root(ops.floats(new float[1], 1), new float[] {7})));
      assertThat(p.gradient().toFloats()).containsExactly(2, 10, 102, 10);
    }
  }

  @Test
  void aRootThatHangsOnNothingPullsNothing() {
    try (Parameter p = ops.parameter("p", new float[] {1}, true, 1);
        Parameter frozen = ops.parameter("frozen", new float[] {1}, false, 1);
        Scope scope = ops.scope();
        GradientTape tape = ops.tape()) {
      tape.backward(
          List.of(new GradientTape.Root(ops.add(frozen.value(), frozen.value()), new float[] {1})));
      assertThat(p.gradient().toFloats()).containsExactly(0);
    }
  }

  @Test
  void onlyOneTapeAThreadAndOnlyOneBackwardATape() {
    try (Parameter p = ops.parameter("p", new float[] {1}, true, 1);
        Scope scope = ops.scope();
        GradientTape tape = ops.tape()) {
      assertThatThrownBy(ops::tape).isInstanceOf(IllegalStateException.class);
      Tensor y = ops.add(p.value(), p.value());
      List<GradientTape.Root> roots = List.of(new GradientTape.Root(y, new float[] {1}));
      tape.backward(roots);
      assertThatThrownBy(() -> tape.backward(roots)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void scopesReleaseWhatIsNotKept() {
    Tensor kept;
    Tensor released;
    try (Scope outer = ops.scope()) {
      Tensor twiceKept;
      try (Scope inner = ops.scope()) {
        released = ops.floats(new float[] {1, 2}, 2);
        kept = inner.keep(ops.add(released, released));
        twiceKept = inner.keep(ops.floats(new float[] {5}, 1));
      }
      assertThat(kept.toFloats()).containsExactly(2, 4);
      assertThat(twiceKept.toFloats()).containsExactly(5);
      outer.keep(kept);
    }
    assertThat(kept.toFloats()).containsExactly(2, 4);
    kept.close();
    Tensor gone = released;
    assertThatThrownBy(gone::toFloats).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void valuesGoInAndOutUnchanged() {
    float[] values = {0, -0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NaN, Float.NEGATIVE_INFINITY};
    assertThat(ops.floats(values, 2, 3).toFloats()).isEqualTo(values);
    assertThat(ops.ints(new int[] {-7, 1 << 30}, 2).toInts()).containsExactly(-7, 1 << 30);
    try (Parameter p = ops.parameter("p", new float[] {1, 2}, true, 1, 2)) {
      p.assign(new float[] {3, 4});
      assertThat(p.value().toFloats()).containsExactly(3, 4);
      assertThatThrownBy(() -> p.assign(new float[3])).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void mismatchedShapesAreNamedBoth() {
    Tensor x = ops.floats(new float[6], 2, 3);
    Tensor y = ops.floats(new float[8], 2, 4);
    assertThatThrownBy(() -> ops.linear(x, y, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 3]")
        .hasMessageContaining("[2, 4]");
    assertThatThrownBy(() -> ops.add(x, y))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2, 3]")
        .hasMessageContaining("[2, 4]");
    assertThatThrownBy(() -> ops.embedding(x, new int[] {2}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Loshchilov and Hutter's algorithm 2, in double precision. */
  @Test
  void adamWFollowsItsAlgorithm() {
    int size = 5000;
    double[] theta = check.normal(size);
    double[] m = new double[size];
    double[] v = new double[size];
    AdamWSettings settings = new AdamWSettings(0.9, 0.95, 1e-8);
    try (Parameter p = ops.parameter("p", OpsCheck.toFloats(theta), true, size);
        Tensor first = ops.floats(new float[size], size);
        Tensor second = ops.floats(new float[size], size)) {
      for (int step = 1; step <= 4; step++) {
        double[] g = check.normal(size);
        if (step == 3) {
          Arrays.fill(g, 0);
        } else {
          pull(p, OpsCheck.toFloats(g));
        }
        double scale = 0.25;
        ops.adamW(p, first, second, settings, 0.01, 0.1, scale, step);
        p.zeroGradient();
        for (int i = 0; i < size; i++) {
          double gradient = 2 * g[i] * scale;
          m[i] = 0.9 * m[i] + 0.1 * gradient;
          v[i] = 0.95 * v[i] + 0.05 * gradient * gradient;
          double mean = m[i] / (1 - Math.pow(0.9, step));
          double variance = v[i] / (1 - Math.pow(0.95, step));
          theta[i] -= 0.01 * 0.1 * theta[i];
          theta[i] -= 0.01 * mean / (Math.sqrt(variance) + 1e-8);
        }
      }
      OpsCheck.assertClose("p", OpsCheck.toDoubles(p.value().toFloats()), theta, 1e-6);
      OpsCheck.assertClose("m", OpsCheck.toDoubles(first.toFloats()), m, 1e-6);
      OpsCheck.assertClose("v", OpsCheck.toDoubles(second.toFloats()), v, 1e-6);
    }
  }

  @Test
  void theSameWorkOnTheSameNumberOfThreadsGivesTheSameBits() throws Exception {
    for (int threads : new int[] {1, 2}) {
      Callable<float[]> work =
          () -> {
            Ops own = open(threads);
            float[] result = smallModel(own);
            own.close();
            return result;
          };
      float[] expected = work.call();
      ExecutorService pool = Executors.newFixedThreadPool(3);
      try {
        List<Future<float[]>> runs =
            IntStream.range(0, 6).mapToObj(i -> pool.submit(work)).toList();
        for (Future<float[]> run : runs) {
          assertThat(run.get()).isEqualTo(expected);
        }
      } finally {
        pool.shutdownNow();
      }
    }
  }

  /** Forward and backward of an embedding, a norm, attention, experts and the head. */
  private static float[] smallModel(Ops ops) {
    OpsCheck numbers = new OpsCheck(ops, 3);
    int[] lengths = {20, 31, 7, 20};
    int[] tokens = IntStream.range(0, sum(lengths)).map(i -> i * 31 % 50).toArray();
    try (Parameter table =
            ops.parameter("table", OpsCheck.toFloats(numbers.normal(50 * 64)), true, 50, 64);
        Parameter gain = ops.parameter("gain", OpsCheck.toFloats(numbers.normal(64)), true, 64);
        Parameter gate =
            ops.parameter("gate", OpsCheck.toFloats(numbers.normal(8 * 64)), true, 8, 64);
        Parameter experts =
            ops.parameter(
                "experts", OpsCheck.toFloats(numbers.normal(8 * 64 * 64)), true, 8, 64, 64);
        Scope scope = ops.scope();
        Packing packing = ops.pack(lengths);
        GradientTape tape = ops.tape()) {
      Tensor x = ops.rmsNorm(ops.embedding(table.value(), tokens), gain.value(), 1e-6);
      Tensor heads = ops.reshape(x, tokens.length, 4, 16);
      Tensor mixed =
          ops.reshape(ops.attention(heads, heads, heads, 0.25, packing, 0), tokens.length, 64);
      RouterSettings router =
          new RouterSettings(
              RouterSettings.Scoring.SIGMOID,
              1,
              1,
              RouterSettings.GroupScore.TOP_TWO_SUM,
              2,
              true,
              1);
      Routing routing = ops.route(mixed, gate.value(), null, router);
      ExpertDispatch dispatch = ops.dispatch(routing, 8);
      Tensor rows = ops.groupedLinear(ops.permute(mixed, dispatch), experts.value(), dispatch);
      Tensor out = ops.add(mixed, ops.unpermute(rows, routing.weights(), dispatch));
      TokenLogProbs both = ops.tokenLogProbs(out, table.value(), tokens, 1);
      float[] ones = new float[tokens.length];
      Arrays.fill(ones, 1);
      tape.backward(
          List.of(
              new GradientTape.Root(both.logProbs(), ones),
              new GradientTape.Root(both.entropies(), ones)));
      float[] gradient = table.gradient().toFloats();
      float[] logProbs = both.logProbs().toFloats();
      float[] all = Arrays.copyOf(gradient, gradient.length + logProbs.length);
      System.arraycopy(logProbs, 0, all, gradient.length, logProbs.length);
      return all;
    }
  }
}
