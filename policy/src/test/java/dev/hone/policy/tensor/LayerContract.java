package dev.hone.policy.tensor;

import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every backend's layers compute, forward and backward. */
abstract class LayerContract extends ContractPart {

  LayerContract(IntFunction<Ops> backend) {
    super(backend);
  }

  @Test
  void shapesAndSumsMoveNumbersUnchanged() {
    check.check(
        in -> {
          double[] y = new double[4 * 5];
          int[] rows = {2, 0, 2, 1};
          for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 5; j++) {
              int source = rows[i] * 3;
              y[i * 5 + j] =
                  j < 2
                      ? in[0][source + 1 + j]
                      : in[1][rows[i] * 3 + j - 2] + in[0][source + j - 2];
            }
          }
          return y;
        },
        in -> {
          Tensor sum = ops.add(in[0], in[1]);
          Tensor both = ops.concat(ops.slice(in[0], 1, 3), sum);
          Tensor rows = ops.gatherRows(both, new int[] {2, 0, 2, 1});
          return ops.reshape(ops.reshape(rows, 20), 4, 5);
        },
        shape(3, 3),
        shape(3, 3));
  }

  @Test
  void embeddingGathersRowsAndAddsTheirGradients() {
    int[] tokens = {4, 0, 4, 2};
    check.check(
        in -> IntStream.range(0, 12).mapToDouble(i -> in[0][tokens[i / 3] * 3 + i % 3]).toArray(),
        in -> ops.embedding(in[0], tokens),
        shape(5, 3));
  }

  @Test
  void rmsNormFollowsItsFormula() {
    for (int width : new int[] {1, 3, 16, 65}) {
      check.check(
          in -> Oracle.rmsNorm(in[0], in[1], 1e-6),
          in -> ops.rmsNorm(in[0], in[1], 1e-6),
          shape(4, width),
          shape(width));
    }
  }

  @Test
  void rmsNormOfHeadsNormsEachHead() {
    check.check(
        in -> Oracle.rmsNorm(in[0], in[1], 1e-5),
        in -> ops.rmsNorm(in[0], in[1], 1e-5),
        shape(3, 2, 8),
        shape(8));
  }

  @Test
  void linearMultipliesByTheTransposedWeight() {
    check.check(
        in -> Oracle.linear(in[0], in[1], in[2], 5, 7, 3),
        in -> ops.linear(in[0], in[1], in[2]),
        shape(5, 7),
        shape(3, 7),
        shape(3));
    check.check(
        in -> Oracle.linear(in[0], in[1], null, 1, 4, 6),
        in -> ops.linear(in[0], in[1], null),
        shape(1, 4),
        shape(6, 4));
  }

  @Test
  void severalLinearsOfOneInputAreEachItsOwn() {
    for (int which = 0; which < 2; which++) {
      boolean first = which == 0;
      check.check(
          in -> Oracle.linear(in[0], in[first ? 1 : 2], first ? in[3] : null, 4, 6, first ? 5 : 40),
          in ->
              ops.linears(in[0], List.of(new Projection(in[1], in[3]), new Projection(in[2], null)))
                  .get(first ? 0 : 1),
          shape(4, 6),
          shape(5, 6),
          shape(40, 6),
          shape(5));
    }
  }

  @Test
  void swiGluGatesTheUpperHalf() {
    check.check(in -> Oracle.swiGlu(in[0], 6), in -> ops.swiGlu(in[0]), shape(4, 12));
  }

  @Test
  void ropeRotatesByPositionInEveryLayout() {
    Random random = check.random();
    for (int round = 0; round < 8; round++) {
      int pairs = 1 + random.nextInt(4);
      int from = random.nextInt(4);
      int width = from + 2 * pairs + random.nextInt(3);
      int heads = 1 + random.nextInt(3);
      float[] frequencies = new float[pairs];
      for (int i = 0; i < pairs; i++) {
        frequencies[i] = (float) Math.pow(10000, -(double) i / pairs);
      }
      RotaryTable table = new RotaryTable(frequencies, 1 + 0.25f * round, round % 2 == 0);
      try (Packing packing = ops.pack(new int[] {3, 0, 2, 1})) {
        check.check(
            in -> Oracle.rope(in[0], heads, width, from, table, packing.positions()),
            in -> ops.rope(in[0], from, table, packing),
            shape(6, heads, width));
      }
    }
  }
}
