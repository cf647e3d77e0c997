package dev.hone.pipeline.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * More problems for a cold start: the shapes of given ones with random numbers of the same lengths,
 * every digit as likely as any other. People's numbers are mostly round and small, and teach little
 * of 7 times 8.
 */
final class RandomVariations {

  /** Draws for one shape until its value is a whole number: a division seldom comes out even. */
  private static final int TRIES = 200;

  private RandomVariations() {}

  /**
   * @param models the problems to vary, each as likely as any other
   * @param known expressions that must not be made again
   */
  static List<GeneratedProblem> of(
      List<GeneratedProblem> models, Set<String> known, int count, Draws draws) {
    Map<String, GeneratedProblem> made = new LinkedHashMap<>();
    for (int i = 0; made.size() < count && i < 3 * count; i++) {
      String model = models.get(draws.below(models.size())).expression();
      variation(model, known, made, draws)
          .ifPresent(problem -> made.put(problem.expression(), problem));
    }
    return List.copyOf(made.values());
  }

  private static Optional<GeneratedProblem> variation(
      String model, Set<String> known, Map<String, GeneratedProblem> made, Draws draws) {
    ArithmeticShape shape = ArithmeticShape.of(model);
    for (int tried = 0; tried < TRIES; tried++) {
      String expression = shape.draw(RandomVariations::number, draws);
      Optional<GeneratedProblem> problem = GeneratedProblem.of(expression);
      if (problem.isPresent() && !known.contains(expression) && !made.containsKey(expression)) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private static String number(int digits, int zeros, Draws draws) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < digits; i++) {
      text.append(i == 0 ? 1 + draws.below(9) : draws.below(10));
    }
    return text.toString();
  }
}
