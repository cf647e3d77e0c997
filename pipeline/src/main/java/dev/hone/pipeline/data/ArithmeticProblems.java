package dev.hone.pipeline.data;

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
 * people used in GSM8K's annotated calculations. The problems are the same for every experiment and
 * seed; which part a problem belongs to follows from a hash of its expression.
 */
final class ArithmeticProblems {

  /** About so many problems in all; shapes with few possible numbers give fewer. */
  private static final int TOTAL = 24_000;

  private static final double TEST_SHARE = 0.06;
  private static final double SFT_SHARE = 0.60;

  /** A shape gives up after so many draws without a new problem. */
  private static final int PATIENCE = 3000;

  private static final long SEED = 1;
  private static final int MAX_ANSWER = 99_999;

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
      int wanted = Math.toIntExact(Math.max(1, TOTAL * shape.weight() / weights));
      all.addAll(problems(shape, wanted, new Draws(SEED, "arithmetic", 0, i)));
    }
    Map<ProblemSplit, List<GeneratedProblem>> parts = new EnumMap<>(ProblemSplit.class);
    for (ProblemSplit split : ProblemSplit.values()) {
      parts.put(split, new ArrayList<>());
    }
    EpochOrder mixed = new EpochOrder(all.size(), true, SEED);
    for (int i = 0; i < all.size(); i++) {
      GeneratedProblem problem = all.get(mixed.row(i));
      parts.get(split(problem.expression())).add(problem);
    }
    parts.replaceAll((split, problems) -> List.copyOf(problems));
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
      String expression = shape.draw(draws);
      if (seen.contains(expression)) {
        continue;
      }
      GeneratedProblem problem = GeneratedProblem.of(expression).orElse(null);
      if (problem != null && problem.answer() <= MAX_ANSWER) {
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
