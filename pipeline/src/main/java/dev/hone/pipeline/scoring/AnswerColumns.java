package dev.hone.pipeline.scoring;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.hone.pipeline.data.RowFiles;
import dev.hone.rewards.Columns;
import dev.hone.rewards.RewardInput;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the rows of a file hold what was answered and what is right. The names are those of the
 * usual files: {@code answer} of GSM8K and MATH, {@code Answer} of SVAMP, {@code
 * reward_model.ground_truth} of verl. A rollout of a run has its problem's columns beside its
 * prompt.
 *
 * @param response the column to read, by name or by path; otherwise one of {@link #RESPONSES}
 * @param reference the column to read; otherwise one of {@link #REFERENCES}
 */
public record AnswerColumns(Optional<String> response, Optional<String> reference) {

  /** Columns that hold the answer, the first that a row has. */
  public static final List<String> RESPONSES = List.of("response", "completion");

  /** Columns that hold the reference, the first that a row has. */
  public static final List<String> REFERENCES =
      List.of("reference", "answer", "Answer", "target", "reward_model.ground_truth");

  /** The column under which a reward finds the reference, whatever the file calls it. */
  static final String REFERENCE = "reference";

  private static final List<String> PROMPTS = List.of("prompt", "question", "problem");
  private static final TypeReference<LinkedHashMap<String, Object>> ROW = new TypeReference<>() {};

  /** Why a row cannot be judged. */
  static final class Unusable extends Exception {

    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }

  /**
   * What a reward may look at of a row.
   *
   * @param needs what the reward cannot do without
   */
  RewardInput input(Map<String, Object> row, Needs needs) throws Unusable {
    Optional<Map<String, Object>> problem = problemOfRollout(row);
    Map<String, Object> columns = new LinkedHashMap<>(problem.orElse(row));
    Object answer = found(row, response.map(List::of).orElse(RESPONSES), "response");
    if (!(answer instanceof String text)) {
      throw new Unusable("the response is " + kind(answer) + ", not a text");
    }
    if (needs.reference()) {
      columns.put(
          REFERENCE, found(columns, reference.map(List::of).orElse(REFERENCES), "reference"));
    }
    if (problem.isEmpty()) {
      if (needs.tokens()) {
        throw new Unusable("the reward counts tokens, which only a run's rollouts have");
      }
      return new RewardInput(prompt(row), text, 0, /* finished= */ true, columns);
    }
    return new RewardInput(
        String.valueOf(Columns.value(row, "prompt.text")),
        text,
        row.get("tokens") instanceof List<?> tokens ? tokens.size() : 0,
        !"length".equals(row.get("finish_reason")),
        columns);
  }

  /** The first of the columns that the row has; one that is null only where no other is there. */
  private static Object found(Map<String, Object> row, List<String> names, String what)
      throws Unusable {
    Optional<String> name =
        names.stream()
            .filter(column -> Columns.value(row, column) != null)
            .findFirst()
            .or(() -> names.stream().filter(column -> Columns.contains(row, column)).findFirst());
    if (name.isEmpty()) {
      throw new Unusable(
          "no "
              + what
              + (names.size() == 1 ? ": no column '" + names.get(0) + "'" : " in any of " + names)
              + "; the row has "
              + row.keySet());
    }
    return Columns.value(row, name.get());
  }

  private static String prompt(Map<String, Object> row) {
    return PROMPTS.stream()
        .map(row::get)
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .findFirst()
        .orElse("");
  }

  /** The columns of the problem, where the row is a rollout as a run keeps it. */
  private static Optional<Map<String, Object>> problemOfRollout(Map<String, Object> row) {
    if (row.containsKey("finish_reason")
        && row.get("prompt") instanceof Map<?, ?> prompt
        && prompt.get("columns") instanceof String json) {
      try {
        return Optional.of(RowFiles.EXACT_JSON.readValue(json, ROW));
      } catch (JsonProcessingException e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static String kind(Object value) {
    return value == null
        ? "null"
        : value instanceof List<?>
            ? "a list"
            : value instanceof Map<?, ?>
                ? "an object"
                : value instanceof Boolean ? "true or false" : "a number";
  }
}
