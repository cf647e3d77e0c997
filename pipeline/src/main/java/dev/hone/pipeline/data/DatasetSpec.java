package dev.hone.pipeline.data;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A dataset as an experiment describes it.
 *
 * @param format {@code auto} (by the file's ending), {@code jsonl}, {@code parquet}, {@code
 *     arithmetic} or {@code gsm8k_steps}
 * @param path a file, a folder or a pattern; relative to the experiment's {@code data}
 * @param split for generated datasets {@code sft}, {@code rl} or {@code test}; for files {@code
 *     train} or {@code test}: by a column {@code split} where there is one, else divided by a hash
 *     of the prompt
 * @param limit only so many rows; 0 is all
 * @param shuffle whether training goes through the rows in an order of its own every epoch
 * @param columns which column plays which part: {@code prompt}, {@code completion}, {@code answer};
 *     parts not given are recognised by the names in common use
 * @param systemPrompt system message in front of every prompt; needs a chat template
 * @param promptTemplate text over columns, {@code "{question}"}
 * @param completionTemplate text over columns, for supervised training
 * @param chat {@code auto} (where the tokenizer has a chat template), {@code always} or {@code
 *     never}
 * @param maxPromptLength prompts of more tokens are set aside; 0 keeps all
 * @param workingShare share of generated examples that show their working
 * @param testFraction share of a file's rows that {@code split: test} takes
 */
public record DatasetSpec(
    String format,
    Optional<String> path,
    Optional<String> split,
    int limit,
    boolean shuffle,
    Map<String, String> columns,
    Optional<String> systemPrompt,
    Optional<String> promptTemplate,
    Optional<String> completionTemplate,
    String chat,
    int maxPromptLength,
    double workingShare,
    double testFraction) {

  public DatasetSpec {
    columns = Map.copyOf(columns);
  }

  /** Every setting at its default. */
  public static DatasetSpec of(String format) {
    return new DatasetSpec(
        format,
        Optional.empty(),
        Optional.empty(),
        0,
        true,
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "auto",
        0,
        0.4,
        0.1);
  }

  /** A file, a folder or a pattern, read by its ending, with every setting at its default. */
  public static DatasetSpec file(String path) {
    return of("auto").withPath(path);
  }

  public DatasetSpec withPath(String value) {
    return new DatasetSpec(
        format,
        Optional.of(value),
        split,
        limit,
        shuffle,
        columns,
        systemPrompt,
        promptTemplate,
        completionTemplate,
        chat,
        maxPromptLength,
        workingShare,
        testFraction);
  }

  public DatasetSpec withSplit(String value) {
    return new DatasetSpec(
        format,
        path,
        Optional.of(value),
        limit,
        shuffle,
        columns,
        systemPrompt,
        promptTemplate,
        completionTemplate,
        chat,
        maxPromptLength,
        workingShare,
        testFraction);
  }

  public DatasetSpec withLimit(int value) {
    return new DatasetSpec(
        format,
        path,
        split,
        value,
        shuffle,
        columns,
        systemPrompt,
        promptTemplate,
        completionTemplate,
        chat,
        maxPromptLength,
        workingShare,
        testFraction);
  }

  public DatasetSpec withColumn(String part, String column) {
    Map<String, String> more = new LinkedHashMap<>(columns);
    more.put(part, column);
    return new DatasetSpec(
        format,
        path,
        split,
        limit,
        shuffle,
        more,
        systemPrompt,
        promptTemplate,
        completionTemplate,
        chat,
        maxPromptLength,
        workingShare,
        testFraction);
  }

  public DatasetSpec withTemplates(String prompt, String completion) {
    return new DatasetSpec(
        format,
        path,
        split,
        limit,
        shuffle,
        columns,
        systemPrompt,
        Optional.ofNullable(prompt),
        Optional.ofNullable(completion),
        chat,
        maxPromptLength,
        workingShare,
        testFraction);
  }

  public DatasetSpec withChat(String value, Optional<String> system) {
    return new DatasetSpec(
        format,
        path,
        split,
        limit,
        shuffle,
        columns,
        system,
        promptTemplate,
        completionTemplate,
        value,
        maxPromptLength,
        workingShare,
        testFraction);
  }

  public DatasetSpec withMaxPromptLength(int tokens) {
    return new DatasetSpec(
        format,
        path,
        split,
        limit,
        shuffle,
        columns,
        systemPrompt,
        promptTemplate,
        completionTemplate,
        chat,
        tokens,
        workingShare,
        testFraction);
  }

  /** What a message calls this dataset. */
  public String title() {
    return format + path.map(p -> " " + p).orElse("") + split.map(s -> " (" + s + ")").orElse("");
  }
}
