package dev.hone.policy.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** What every backend's router and experts compute. */
abstract class ExpertContract extends ContractPart {

  ExpertContract(IntFunction<Ops> backend) {
    super(backend);
  }

  private static final List<RouterSettings> ROUTERS =
      List.of(
          router(RouterSettings.Scoring.SIGMOID, 4, 2, RouterSettings.GroupScore.TOP_TWO_SUM, true),
          router(RouterSettings.Scoring.SIGMOID, 1, 1, RouterSettings.GroupScore.TOP_TWO_SUM, true),
          router(RouterSettings.Scoring.SOFTMAX, 4, 2, RouterSettings.GroupScore.MAX, false),
          router(RouterSettings.Scoring.SOFTMAX, 1, 1, RouterSettings.GroupScore.MAX, false),
          router(RouterSettings.Scoring.SOFTMAX, 1, 1, RouterSettings.GroupScore.MAX, true));

  private static RouterSettings router(
      RouterSettings.Scoring scoring,
      int groups,
      int kept,
      RouterSettings.GroupScore groupScore,
      boolean normalize) {
    return new RouterSettings(scoring, groups, kept, groupScore, 3, normalize, 2.5f);
  }

  @Test
  void routersChooseAndWeighAsDeepSeekDoes() {
    int experts = 12;
    for (RouterSettings router : ROUTERS) {
      double[] x = check.normal(7 * 5);
      double[] gate = check.normal(experts * 5);
      double[] bias = check.normal(experts);
      int[] chosen = chosen(x, gate, bias, router);
      check.check(
          in -> {
            double[] scores = scores(in[0], in[1], router);
            return join(Oracle.routerWeights(scores, chosen, experts, router), scores);
          },
          in -> {
            Routing routing = ops.route(in[0], in[1], check.tensor(bias, experts), router);
            assertThat(routing.experts().toInts()).isEqualTo(chosen);
            assertThat(routing.experts().shape()).isEqualTo(new Shape(7, 3));
            return List.of(routing.weights(), routing.scores());
          },
          new double[][] {x, gate},
          shape(7, 5),
          shape(experts, 5));
    }
  }

  private static int[] chosen(double[] x, double[] gate, double[] bias, RouterSettings router) {
    return Oracle.choose(scores(x, gate, router), bias, 12, router);
  }

  private static double[] scores(double[] x, double[] gate, RouterSettings router) {
    return Oracle.scores(Oracle.linear(x, gate, null, 7, 5, 12), 12, router.scoring());
  }

  private static double[] join(double[] a, double[] b) {
    double[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }

  @Test
  void equalScoresGoToTheLowestExperts() {
    for (RouterSettings router : ROUTERS) {
      Tensor x = ops.floats(new float[10], 2, 5);
      Tensor gate = ops.floats(new float[60], 12, 5);
      assertThat(ops.route(x, gate, null, router).experts().toInts())
          .containsExactly(0, 1, 2, 0, 1, 2);
    }
  }

  @Test
  void expertsServeEveryLoadFromEvenToAllOnOne() {
    Random random = check.random();
    for (int round = 0; round < 12; round++) {
      int experts = 2 + random.nextInt(8);
      int k = 1 + random.nextInt(Math.min(3, experts));
      int tokens = 1 + random.nextInt(24);
      int favourite = round % 3 == 0 ? 1 : experts;
      int[] chosen = choices(tokens, k, experts, favourite, random);
      check.check(
          in -> Oracle.experts(in[0], in[1], in[2], chosen, k, 4, 3),
          in -> {
            Routing routing = new Routing(ops.ints(chosen, tokens, k), in[1], in[1]);
            ExpertDispatch dispatch = ops.dispatch(routing, experts);
            assertThat(dispatch.rows()).isGreaterThanOrEqualTo(tokens * k);
            Tensor rows = ops.groupedLinear(ops.permute(in[0], dispatch), in[2], dispatch);
            return ops.unpermute(rows, in[1], dispatch);
          },
          shape(tokens, 4),
          shape(tokens, k),
          shape(experts, 3, 4));
    }
  }

  /** Ascending distinct experts a token, most of them among the first {@code favourite}. */
  private static int[] choices(int tokens, int k, int experts, int favourite, Random random) {
    int[] chosen = new int[tokens * k];
    for (int t = 0; t < tokens; t++) {
      java.util.TreeSet<Integer> own = new java.util.TreeSet<>();
      own.add(random.nextInt(favourite));
      while (own.size() < k) {
        own.add(random.nextInt(experts));
      }
      int j = 0;
      for (int expert : own) {
        chosen[t * k + j++] = expert;
      }
    }
    return chosen;
  }
}
