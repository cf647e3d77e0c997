package dev.hone.pipeline.data;

import static java.util.stream.Collectors.toSet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Arithmetic problems that the project makes by itself, with the mix of operators and lengths that
 * people used in GSM8K's annotated calculations, and as long a working. The problems are the same
 * for every experiment and seed; which part a problem belongs to follows from a hash of its
 * expression. The cold start has variations of its own besides.
 */
final class ArithmeticProblems {

  /** About so many usual problems; shapes with few possible numbers give fewer. */
  private static final int USUAL = 13_000;

  private static final int VARIATIONS = 9000;

  private static final double TEST_SHARE = 0.10;
  private static final double SFT_SHARE = 0.40;

  /** A shape gives up after so many draws without a new problem. */
  private static final int PATIENCE = 3000;

  private static final long SEED = 1;

  private ArithmeticProblems() {}

  /** The problems of one part, in an order that is not that of their shapes. */
  static List<GeneratedProblem> of(ProblemSplit split) {
    return Problems.ALL.get(split);
  }

  /** Made once, when first asked for. */
  private static final class Problems {
    static final Map<ProblemSplit, List<GeneratedProblem>> ALL = generate();
  }

  private static Map<ProblemSplit, List<GeneratedProblem>> generate() {
    List<ArithmeticShape> shapes = shapes();
    long weights = shapes.stream().mapToLong(ArithmeticShape::weight).sum();
    List<GeneratedProblem> all = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      ArithmeticShape shape = shapes.get(i);
      int wanted = Math.toIntExact(Math.max(1, USUAL * shape.weight() / weights));
      all.addAll(problems(shape, wanted, new Draws(SEED, "arithmetic", 0, i)));
    }
    Map<ProblemSplit, List<GeneratedProblem>> parts = new EnumMap<>(ProblemSplit.class);
    for (ProblemSplit split : ProblemSplit.values()) {
      parts.put(split, new ArrayList<>());
    }
    for (GeneratedProblem problem : all) {
      parts.get(split(problem.expression())).add(problem);
    }
    Set<String> known = all.stream().map(GeneratedProblem::expression).collect(toSet());
    parts
        .get(ProblemSplit.SFT)
        .addAll(
            RandomVariations.of(
                parts.get(ProblemSplit.SFT), known, VARIATIONS, new Draws(SEED, "vary", 0, 0)));
    parts.replaceAll((split, problems) -> EpochOrder.mixed(problems, SEED));
    return parts;
  }

  private static ProblemSplit split(String expression) {
    double at = FileSplit.unit(expression);
    if (at < TEST_SHARE) {
      return ProblemSplit.TEST;
    }
    return at < TEST_SHARE + SFT_SHARE ? ProblemSplit.SFT : ProblemSplit.RL;
  }

  private static List<GeneratedProblem> problems(ArithmeticShape shape, int wanted, Draws draws) {
    Set<String> seen = new LinkedHashSet<>();
    List<GeneratedProblem> problems = new ArrayList<>();
    for (int idle = 0; problems.size() < wanted && idle < PATIENCE; idle++) {
      String expression = shape.draw(UsualNumber::draw, draws);
      if (seen.contains(expression)) {
        continue;
      }
      GeneratedProblem problem = GeneratedProblem.of(expression).orElse(null);
      if (problem != null) {
        seen.add(expression);
        problems.add(problem);
        idle = 0;
      }
    }
    return problems;
  }

  private static List<ArithmeticShape> shapes() {
    List<ArithmeticShape> shapes = new ArrayList<>();
    try (InputStream bytes = ArithmeticProblems.class.getResourceAsStream("arithmetic-shapes.txt");
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          String[] words = line.split(" ");
          shapes.add(new ArithmeticShape(words[0], Integer.parseInt(words[1])));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return shapes;
  }
}
