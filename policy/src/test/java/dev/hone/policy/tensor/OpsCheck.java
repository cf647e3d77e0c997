package dev.hone.policy.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/**
 * Compares an operation with its oracle: the values, and through the tape every single derivative
 * with the central difference of the oracle.
 */
final class OpsCheck {

  private static final double STEP = 1e-5;

  private final Ops ops;
  private final Random random;

  OpsCheck(Ops ops, long seed) {
    this.ops = ops;
    this.random = new Random(seed);
  }

  Random random() {
    return random;
  }

  /** Standard normal numbers that are exact in fp32. */
  double[] normal(int size) {
    double[] values = new double[size];
    Arrays.setAll(values, i -> (float) random.nextGaussian());
    return values;
  }

  static float[] toFloats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  Tensor tensor(double[] values, int... shape) {
    return ops.floats(toFloats(values), shape);
  }

  /** Inputs of the given shapes, drawn from a normal distribution. */
  void check(
      Function<double[][], double[]> oracle,
      Function<Tensor[], Tensor> operation,
      int[]... shapes) {
    double[][] inputs = new double[shapes.length][];
    for (int i = 0; i < shapes.length; i++) {
      inputs[i] = normal(Math.toIntExact(new Shape(shapes[i]).size()));
    }
    check(oracle, tensors -> List.of(operation.apply(tensors)), inputs, shapes);
  }

  /** The outputs of {@code operation}, laid one after another, against the oracle's one array. */
  void check(
      Function<double[][], double[]> oracle,
      Function<Tensor[], List<Tensor>> operation,
      double[][] inputs,
      int[]... shapes) {
    double[] expected = oracle.apply(inputs);
    List<Parameter> parameters = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      parameters.add(ops.parameter("input" + i, toFloats(inputs[i]), true, shapes[i]));
    }
    Tensor[] tensors = parameters.stream().map(Parameter::value).toArray(Tensor[]::new);
    double[] weights = normal(expected.length);
    try (Scope scope = ops.scope();
        GradientTape tape = ops.tape()) {
      int offset = 0;
      List<GradientTape.Root> roots = new ArrayList<>();
      for (Tensor output : operation.apply(tensors)) {
        int size = Math.toIntExact(output.shape().size());
        assertClose(
            "value",
            toDoubles(output.toFloats()),
            Arrays.copyOfRange(expected, offset, offset + size));
        roots.add(
            new GradientTape.Root(
                output, toFloats(Arrays.copyOfRange(weights, offset, offset + size))));
        offset += size;
      }
      assertThat(offset).isEqualTo(expected.length);
      tape.backward(roots);
      for (int i = 0; i < inputs.length; i++) {
        double[] gradient = toDoubles(parameters.get(i).gradient().toFloats());
        assertClose("gradient of input " + i, gradient, differences(oracle, inputs, i, weights));
      }
    } finally {
      parameters.forEach(Parameter::close);
    }
  }

  private static double[] differences(
      Function<double[][], double[]> oracle, double[][] inputs, int which, double[] weights) {
    double[] x = inputs[which];
    double[] gradient = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double kept = x[i];
      x[i] = kept + STEP;
      double above = dot(oracle.apply(inputs), weights);
      x[i] = kept - STEP;
      double below = dot(oracle.apply(inputs), weights);
      x[i] = kept;
      gradient[i] = (above - below) / (2 * STEP);
    }
    return gradient;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * (float) b[i];
    }
    return sum;
  }

  /** Within 2e-5 of the largest expected number. */
  static void assertClose(String what, double[] actual, double[] expected) {
    assertClose(what, actual, expected, 2e-5);
  }

  static void assertClose(String what, double[] actual, double[] expected, double tolerance) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    double size = 1;
    for (double value : expected) {
      size = Math.max(size, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= tolerance * size)) {
        throw new AssertionError(
            "%s, element %d: expected %s, found %s".formatted(what, i, expected[i], actual[i]));
      }
    }
  }
}
