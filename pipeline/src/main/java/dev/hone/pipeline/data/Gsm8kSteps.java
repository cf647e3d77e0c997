package dev.hone.pipeline.data;

import static java.util.stream.Collectors.toSet;

import dev.hone.policy.InvalidInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The calculations that people annotated in GSM8K's solutions, {@code <<48/2=24>>}, as problems:
 * whole numbers only, the written value checked exactly, an expression of at most 12 characters, an
 * answer of at most 5 and a working that fits, each expression once.
 *
 * <p>Divided by the problem they come from: an expression that occurs in problems of two parts is
 * left to the first of cold start, reinforcement learning, test, so that the test is unseen. The
 * cold start has {@link RandomVariations} besides.
 */
final class Gsm8kSteps {

  private static final Pattern ANNOTATION = Pattern.compile("<<([^<>]*)>>");
  private static final int MAX_EXPRESSION = 12;

  private static final double TEST_SHARE = 0.16;
  private static final double SFT_SHARE = 0.42;
  private static final int VARIATIONS = 9000;
  private static final long SEED = 1;

  private final Map<ProblemSplit, List<GeneratedProblem>> parts;

  private Gsm8kSteps(Map<ProblemSplit, List<GeneratedProblem>> parts) {
    this.parts = parts;
  }

  List<GeneratedProblem> of(ProblemSplit split) {
    return parts.get(split);
  }

  /**
   * @param file GSM8K's train.jsonl, or the folder that holds it
   * @throws InvalidInput where it is absent or holds no annotated calculation
   */
  static Gsm8kSteps read(Optional<Path> file) {
    Path path =
        file.map(given -> Files.isDirectory(given) ? given.resolve("train.jsonl") : given)
            .filter(Files::isRegularFile)
            .orElseThrow(() -> missing(file));
    BadRows bad = new BadRows();
    Map<ProblemSplit, Set<String>> expressions = new EnumMap<>(ProblemSplit.class);
    for (ProblemSplit split : ProblemSplit.values()) {
      expressions.put(split, new LinkedHashSet<>());
    }
    for (Row row : JsonRows.read(List.of(path), bad)) {
      if (row.columns().get("question") instanceof String question
          && row.columns().get("answer") instanceof String answer) {
        expressions.get(split(question)).addAll(annotated(answer));
      }
    }
    expressions.get(ProblemSplit.RL).removeAll(expressions.get(ProblemSplit.SFT));
    expressions.get(ProblemSplit.TEST).removeAll(expressions.get(ProblemSplit.SFT));
    expressions.get(ProblemSplit.TEST).removeAll(expressions.get(ProblemSplit.RL));
    Map<ProblemSplit, List<GeneratedProblem>> parts = new EnumMap<>(ProblemSplit.class);
    expressions.forEach(
        (split, texts) -> parts.put(split, EpochOrder.mixed(problems(texts), SEED)));
    if (parts.values().stream().anyMatch(List::isEmpty)) {
      throw new InvalidInput(
          path + " holds too few annotated calculations such as <<48/2=24>>; " + where());
    }
    List<GeneratedProblem> coldStart = new ArrayList<>(parts.get(ProblemSplit.SFT));
    Set<String> known = expressions.values().stream().flatMap(Set::stream).collect(toSet());
    coldStart.addAll(
        RandomVariations.of(coldStart, known, VARIATIONS, new Draws(SEED, "gsm8k-steps", 0, 0)));
    parts.put(ProblemSplit.SFT, EpochOrder.mixed(coldStart, SEED));
    return new Gsm8kSteps(parts);
  }

  private static InvalidInput missing(Optional<Path> file) {
    return new InvalidInput(
        file.map(
                    path ->
                        "there is no GSM8K training file at "
                            + path.toAbsolutePath().normalize()
                            + "; ")
                .orElse("format gsm8k_steps needs the experiment's 'data': ")
            + where());
  }

  private static String where() {
    return "fetch grade_school_math/data/train.jsonl of the public repository"
        + " openai/grade-school-math, and set 'data' to its path";
  }

  private static ProblemSplit split(String question) {
    double at = FileSplit.unit(question);
    if (at < TEST_SHARE) {
      return ProblemSplit.TEST;
    }
    return at < TEST_SHARE + SFT_SHARE ? ProblemSplit.SFT : ProblemSplit.RL;
  }

  private static List<String> annotated(String answer) {
    List<String> expressions = new ArrayList<>();
    Matcher matcher = ANNOTATION.matcher(answer);
    while (matcher.find()) {
      String annotation = matcher.group(1).replace(" ", "");
      int equals = annotation.indexOf('=');
      if (equals < 0 || equals > MAX_EXPRESSION) {
        continue;
      }
      String written = annotation.substring(equals + 1);
      String expression = annotation.substring(0, equals);
      GeneratedProblem.of(expression)
          .filter(problem -> written.equals(String.valueOf(problem.answer())))
          .ifPresent(problem -> expressions.add(expression));
    }
    return expressions;
  }

  private static List<GeneratedProblem> problems(Set<String> expressions) {
    return expressions.stream().map(text -> GeneratedProblem.of(text).orElseThrow()).toList();
  }
}
