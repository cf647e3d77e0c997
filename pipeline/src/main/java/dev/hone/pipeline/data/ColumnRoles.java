package dev.hone.pipeline.data;

import dev.hone.pipeline.config.DatasetSection;
import dev.hone.policy.InvalidInput;
import dev.hone.rewards.Columns;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which column of a dataset is the prompt, which the completion to imitate, which the answer that
 * rewards compare with. What the experiment does not say is recognised by the names that datasets
 * in use have: verl, TRL, GSM8K, MATH and AIME, SVAMP, MAWPS, HumanEval.
 *
 * @param prompt text over columns
 * @param messages the column that holds the prompt as chat messages, where it does
 * @param completion text over columns; empty where nothing looks like one
 * @param answer column or path; empty where nothing looks like one
 */
record ColumnRoles(
    Template prompt,
    Optional<String> messages,
    Optional<Template> completion,
    Optional<String> answer) {

  static final String PROMPT = "prompt";
  static final String COMPLETION = "completion";
  static final String ANSWER = "answer";

  private static final Set<String> PARTS = Set.of(PROMPT, COMPLETION, ANSWER);

  private static final List<String> PROMPTS =
      List.of("prompt", "question", "problem", "input", "query", "instruction");
  private static final List<String> COMPLETIONS =
      List.of("completion", "response", "output", "canonical_solution", "solution", "answer");
  private static final List<String> ANSWERS =
      List.of(
          "answer",
          "Answer",
          "reward_model.ground_truth",
          "ground_truth",
          "target",
          "final_answer",
          "solution",
          "label");

  /**
   * @param row a row of the dataset, to recognise its shape by
   * @throws InvalidInput where the prompt cannot be told, or the experiment names a column that the
   *     row lacks
   */
  static ColumnRoles of(DatasetSection section, Map<String, Object> row) {
    for (Map.Entry<String, String> entry : section.columns().entrySet()) {
      if (!PARTS.contains(entry.getKey())) {
        throw new InvalidInput(
            section.title()
                + ": columns: '"
                + entry.getKey()
                + "' is no part; parts are prompt, completion and answer");
      }
      require(section, row, entry.getValue(), "columns: " + entry.getKey());
    }
    Optional<String> promptColumn = column(section, row, PROMPT, PROMPTS);
    Optional<String> messages =
        promptColumn.filter(column -> Columns.value(row, column) instanceof List<?>);
    return new ColumnRoles(
        prompt(section, row, promptColumn),
        messages,
        completion(section, row),
        column(section, row, ANSWER, ANSWERS));
  }

  private static Template prompt(
      DatasetSection section, Map<String, Object> row, Optional<String> column) {
    if (section.promptTemplate().isPresent()) {
      Template template = Template.parse("prompt_template", section.promptTemplate().get());
      for (String name : template.columns()) {
        if (!name.equals(PROMPT) || column.isEmpty()) {
          require(section, row, name, "prompt_template");
        }
      }
      return template;
    }
    if (column.isPresent()) {
      return Template.column(column.get());
    }
    if (row.containsKey("Body") && row.containsKey("Question")) {
      return Template.sentences("Body", "Question");
    }
    throw new InvalidInput(
        section.title()
            + ": no column looks like a prompt; the data has "
            + row.keySet()
            + "; set 'columns: {prompt: ...}' or a 'prompt_template'");
  }

  private static Optional<Template> completion(DatasetSection section, Map<String, Object> row) {
    if (section.completionTemplate().isPresent()) {
      Template template = Template.parse("completion_template", section.completionTemplate().get());
      for (String name : template.columns()) {
        if (!PARTS.contains(name)) {
          require(section, row, name, "completion_template");
        }
      }
      return Optional.of(template);
    }
    return column(section, row, COMPLETION, COMPLETIONS).map(Template::column);
  }

  private static Optional<String> column(
      DatasetSection section, Map<String, Object> row, String part, List<String> usual) {
    String given = section.columns().get(part);
    if (given != null) {
      return Optional.of(given);
    }
    return usual.stream().filter(name -> Columns.value(row, name) != null).findFirst();
  }

  private static void require(
      DatasetSection section, Map<String, Object> row, String column, String where) {
    if (!Columns.contains(row, column)) {
      throw new InvalidInput(
          section.title()
              + ": "
              + where
              + " asks for the column '"
              + column
              + "', and the data has "
              + row.keySet());
    }
  }
}
