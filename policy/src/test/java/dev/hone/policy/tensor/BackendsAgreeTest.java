package dev.hone.policy.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every backend gives the reference's numbers, values and gradients, on random shapes and mixes of
 * sequences. The derivatives themselves are held against finite differences in double precision by
 * {@link OpsContract}.
 *
 * <p>Tolerance: an fp32 sum of {@code n} products of random numbers of mean zero and size at most 1
 * is off by at most a small multiple of {@code n u}, {@code u = 2^-24} (Higham and Mary, "Sharper
 * probabilistic backward error analysis for basic linear algebra kernels with random data", 2020).
 * Two backends may differ by {@code 4 n u} of the largest number, {@code n} being all sums on the
 * way together. Where products round their operands to bf16, of which the inputs here are exact,
 * what is computed on the way is off by {@code 2^-9} a number, and a sum of such by as much of its
 * size.
 */
class BackendsAgreeTest {

  private static final double UNIT_ROUNDOFF = 0x1p-24;
  private static final double BF16_ROUNDOFF = 0x1p-9;
  private static final String REFERENCE = "djl";

  static Stream<Arguments> operationsOfEveryBackend() {
    return Backends.available().stream()
        .filter(backend -> !backend.name().equals(REFERENCE))
        .flatMap(
            backend ->
                backend.precisions().stream()
                    .flatMap(
                        precision ->
                            RandomOperation.all().keySet().stream()
                                .map(op -> Arguments.of(backend.name(), precision, op))));
  }

  @ParameterizedTest(name = "{0}, {1}: {2}", allowZeroInvocations = true)
  @MethodSource("operationsOfEveryBackend")
  void onRandomShapes(String backend, Precision precision, String operation) {
    compare(backend, precision, operation, 0, 100);
  }

  @Tag("slow")
  @ParameterizedTest(name = "{0}, {1}: {2}", allowZeroInvocations = true)
  @MethodSource("operationsOfEveryBackend")
  void onManyMoreRandomShapes(String backend, Precision precision, String operation) {
    compare(backend, precision, operation, 1000, 600);
  }

  private static void compare(
      String backend, Precision precision, String operation, long firstSeed, int rounds) {
    Function<Random, RandomOperation> draw = RandomOperation.all().get(operation);
    try (Ops reference = Backends.select(REFERENCE).open(1);
        Ops tested = Backends.select(backend).open(2, precision)) {
      for (long seed = firstSeed; seed < firstSeed + rounds; seed++) {
        RandomOperation drawn = draw.apply(new Random(seed));
        List<float[]> expected = results(reference, drawn, seed);
        List<float[]> actual = results(tested, drawn, seed);
        assertThat(actual).as(drawn.what()).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
          double rounding = precision != Precision.FP32 ? 8 * BF16_ROUNDOFF : 0;
          assertClose(
              seed,
              drawn,
              i,
              actual.get(i),
              expected.get(i),
              4 * drawn.reduction() * UNIT_ROUNDOFF + rounding);
        }
      }
    }
  }

  /** The outputs, then the gradient of each input under random gradients of the outputs. */
  private static List<float[]> results(Ops ops, RandomOperation drawn, long seed) {
    Random random = new Random(~seed);
    List<float[]> results = new ArrayList<>();
    List<Parameter> inputs = new ArrayList<>();
    for (int i = 0; i < drawn.shapes().length; i++) {
      inputs.add(ops.parameter("input" + i, drawn.values()[i], true, drawn.shapes()[i]));
    }
    try (Scope scope = ops.scope();
        GradientTape tape = ops.tape()) {
      Tensor[] tensors = inputs.stream().map(Parameter::value).toArray(Tensor[]::new);
      List<GradientTape.Root> roots = new ArrayList<>();
      for (Tensor output : drawn.compute().of(ops, tensors)) {
        float[] values = output.toFloats();
        results.add(values);
        if (output.dtype() == DType.FLOAT32) {
          float[] gradient = new float[values.length];
          for (int i = 0; i < gradient.length; i++) {
            gradient[i] = random.nextFloat() * 2 - 1;
          }
          roots.add(new GradientTape.Root(output, gradient));
        }
      }
      if (!inputs.isEmpty()) {
        tape.backward(roots);
        inputs.forEach(input -> results.add(input.gradient().toFloats()));
      }
      return results;
    } finally {
      inputs.forEach(Parameter::close);
    }
  }

  private static void assertClose(
      long seed,
      RandomOperation drawn,
      int which,
      float[] actual,
      float[] expected,
      double relative) {
    assertThat(actual).as(drawn.what()).hasSameSizeAs(expected);
    double size = 1;
    for (float value : expected) {
      size = Math.max(size, Math.abs(value));
    }
    double tolerance = relative * size;
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= tolerance)) {
        throw new AssertionError(
            "seed %d, %s, result %d, element %d: expected %s within %.1e, found %s"
                .formatted(seed, drawn.what(), which, i, expected[i], tolerance, actual[i]));
      }
    }
  }

  /** Sequences come, go on, fork and leave; two caches, one of each backend, see the same. */
  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("everyBackend")
  void onRandomGenerations(String backend) {
    try (Ops reference = Backends.select(REFERENCE).open(1);
        Ops tested = Backends.select(backend).open(2)) {
      for (long seed = 0; seed < 12; seed++) {
        RandomGeneration drawn = new RandomGeneration(seed);
        List<float[]> expected = drawn.run(reference);
        List<float[]> actual = drawn.run(tested);
        assertThat(actual).hasSameSizeAs(expected);
        for (int pass = 0; pass < expected.size(); pass++) {
          OpsCheck.assertClose(
              "seed %d, pass %d".formatted(seed, pass),
              OpsCheck.toDoubles(actual.get(pass)),
              OpsCheck.toDoubles(expected.get(pass)),
              4 * RandomGeneration.REDUCTION * UNIT_ROUNDOFF);
        }
      }
    }
  }

  static Stream<String> everyBackend() {
    return Backends.available().stream().map(Backend::name).filter(name -> !name.equals(REFERENCE));
  }

  /** One step of AdamW after another, gradients clipped by their norm. */
  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("everyBackend")
  void onRandomOptimizerSteps(String backend) {
    try (Ops reference = Backends.select(REFERENCE).open(1);
        Ops tested = Backends.select(backend).open(2)) {
      for (long seed = 0; seed < 20; seed++) {
        int size = 1 + new Random(seed).nextInt(seed % 4 == 0 ? 20_000 : 70);
        double[] expected = optimized(reference, size, seed);
        OpsCheck.assertClose(
            "seed " + seed, optimized(tested, size, seed), expected, 100 * UNIT_ROUNDOFF);
      }
    }
  }

  /** The weights after five steps, and the norm of the last gradient. */
  private static double[] optimized(Ops ops, int size, long seed) {
    OpsCheck numbers = new OpsCheck(ops, seed);
    AdamWSettings settings = new AdamWSettings(0.9, 0.99, 1e-8);
    try (Parameter p = ops.parameter("p", OpsCheck.toFloats(numbers.normal(size)), true, size);
        Parameter m = ops.parameter("m", new float[size], false, size);
        Parameter v = ops.parameter("v", new float[size], false, size)) {
      double norm = 0;
      for (int step = 1; step <= 5; step++) {
        try (Scope scope = ops.scope();
            GradientTape tape = ops.tape()) {
          Tensor twice = ops.add(p.value(), p.value());
          float[] gradient = OpsCheck.toFloats(numbers.normal(size));
          tape.backward(List.of(new GradientTape.Root(twice, gradient)));
        }
        norm = ops.globalNorm(List.of(p));
        ops.adamW(p, m.value(), v.value(), settings, 0.01, 0.1, Math.min(1, 1 / norm), step);
        p.zeroGradient();
      }
      double[] result = Arrays.copyOf(OpsCheck.toDoubles(p.value().toFloats()), size + 1);
      result[size] = norm;
      return result;
    }
  }

  @Test
  void noOperationIsLeftOut() {
    Set<String> compared = new TreeSet<>(RandomOperation.all().keySet());
    compared.addAll(List.of("dispatch", "permute", "groupedLinear", "unpermute")); // in "experts"
    compared.addAll(List.of("globalNorm", "adamW", "cache")); // above
    compared.addAll(
        List.of(
            "floats", "ints", "parameter", "zeros", "scope", "tape", "pack", "memoryUse", "close"));
    // Drawing is held against the distribution by HeadContract; computing again, by SameBitsTest;
    // replaying, by NativeGraphTest.
    compared.addAll(List.of("sample", "checkpoint", "capture"));
    assertThat(compared)
        .containsAll(
            Arrays.stream(Ops.class.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .map(Method::getName)
                .toList());
  }
}
