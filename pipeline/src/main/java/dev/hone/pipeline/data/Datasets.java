package dev.hone.pipeline.data;

import dev.hone.policy.InvalidInput;
import dev.hone.policy.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Opens the datasets of an experiment. Every mistake in a description or a file shows here, in one
 * line, before any work is done.
 */
public final class Datasets {

  private static final List<String> FORMATS =
      List.of("auto", "jsonl", "parquet", "arithmetic", "gsm8k_steps");

  private final Tokenizer tokenizer;
  private final long seed;
  private final Optional<Path> data;
  private final ParquetRows parquet;

  /** What was read of a dataset before anything is made of it. */
  private record Loaded(List<Row> rows, BadRows bad) {}

  /**
   * @param seed of the experiment: the order of the rows follows from it, never their content
   * @param data file or folder that relative paths are read from
   * @param parquet reader for Parquet
   */
  public Datasets(Tokenizer tokenizer, long seed, Optional<Path> data, ParquetRows parquet) {
    this.tokenizer = tokenizer;
    this.seed = seed;
    this.data = data;
    this.parquet = parquet;
  }

  /**
   * Prompts to sample answers to, or to evaluate on.
   *
   * @throws InvalidInput where the description is wrong, the file is absent, or no row is usable
   */
  public PromptDataset prompts(DatasetSpec spec) {
    if (isGenerated(spec)) {
      return generatedPrompts(spec);
    }
    Loaded loaded = load(spec);
    PromptWriter writer = new PromptWriter(spec, tokenizer);
    List<Prompt> prompts = new ArrayList<>();
    ColumnRoles roles = roles(spec, loaded);
    for (Row row : loaded.rows()) {
      if (full(spec, prompts.size())) {
        break;
      }
      try {
        Prompt prompt = writer.prompt(row, roles);
        if (FileSplit.takes(spec, row, prompt.text())) {
          prompts.add(prompt);
        }
      } catch (PromptWriter.Unusable e) {
        loaded.bad().add(row, e.getMessage());
      }
    }
    return new PromptDataset(
        spec.title(), some(spec, prompts, loaded.bad()), loaded.bad(), order(spec, prompts.size()));
  }

  /**
   * Examples to imitate.
   *
   * @throws InvalidInput where the description is wrong, the file is absent, or no row is usable
   */
  public SupervisedDataset supervised(DatasetSpec spec) {
    if (isGenerated(spec)) {
      return generatedExamples(spec);
    }
    Loaded loaded = load(spec);
    PromptWriter writer = new PromptWriter(spec, tokenizer);
    ColumnRoles roles = roles(spec, loaded);
    Template completion =
        roles
            .completion()
            .orElseThrow(
                () ->
                    new InvalidInput(
                        spec.title()
                            + ": no column looks like a completion; the data has "
                            + loaded.rows().get(0).columns().keySet()
                            + "; set 'columns: {completion: ...}' or a 'completion_template'"));
    List<SupervisedExample> examples = new ArrayList<>();
    for (Row row : loaded.rows()) {
      if (full(spec, examples.size())) {
        break;
      }
      try {
        Prompt prompt = writer.prompt(row, roles);
        if (FileSplit.takes(spec, row, prompt.text())) {
          examples.add(
              writer.example(prompt, PromptWriter.fill(completion, parts(prompt, row, roles))));
        }
      } catch (PromptWriter.Unusable e) {
        loaded.bad().add(row, e.getMessage());
      }
    }
    some(spec, examples, loaded.bad());
    return new SupervisedDataset(
        spec.title(),
        examples.size(),
        (index, epoch) -> examples.get(index),
        loaded.bad(),
        order(spec, examples.size()));
  }

  /** A row's columns, and its parts by their names where no column has that name. */
  private static Map<String, Object> parts(Prompt prompt, Row row, ColumnRoles roles)
      throws PromptWriter.Unusable {
    Map<String, Object> columns = new LinkedHashMap<>(prompt.columns());
    if (roles.messages().isEmpty()) {
      columns.putIfAbsent(ColumnRoles.PROMPT, PromptWriter.fill(roles.prompt(), row.columns()));
    }
    return columns;
  }

  private static boolean isGenerated(DatasetSpec spec) {
    if (!FORMATS.contains(spec.format())) {
      throw new InvalidInput("dataset format is '" + spec.format() + "'; it is one of " + FORMATS);
    }
    return spec.format().equals("arithmetic") || spec.format().equals("gsm8k_steps");
  }

  private Loaded load(DatasetSpec spec) {
    Path path =
        spec.path()
            .map(given -> DataFiles.resolve(given, data))
            .or(() -> data)
            .orElseThrow(
                () ->
                    new InvalidInput(
                        "a dataset of format "
                            + spec.format()
                            + " needs a 'path', or the experiment's 'data'"));
    BadRows bad = new BadRows();
    boolean isParquet =
        spec.format().equals("parquet")
            || (spec.format().equals("auto") && DataFiles.isParquet(path));
    List<Row> rows = isParquet ? parquetRows(path) : JsonRows.read(DataFiles.jsonFiles(path), bad);
    if (rows.isEmpty()) {
      throw new InvalidInput(
          path + " has no usable row: " + (bad.count() == 0 ? "it is empty" : bad.summary()));
    }
    return new Loaded(rows, bad);
  }

  private List<Row> parquetRows(Path path) {
    if (!Files.exists(path)) {
      throw new InvalidInput(
          "there is no data at "
              + path.toAbsolutePath().normalize()
              + "; set the dataset's 'path', or the experiment's 'data' that it is read from");
    }
    List<Row> rows = new ArrayList<>();
    for (Map<String, Object> columns : parquet.read(path)) {
      rows.add(new Row(rows.size(), path.getFileName() + " row " + rows.size(), columns));
    }
    return rows;
  }

  private static ColumnRoles roles(DatasetSpec spec, Loaded loaded) {
    // A row with a hole does not stand for the data: the shape is read from the fullest of the
    // first.
    Row fullest = loaded.rows().get(0);
    for (Row row : loaded.rows().subList(0, Math.min(100, loaded.rows().size()))) {
      if (filled(row) > filled(fullest)) {
        fullest = row;
      }
    }
    return ColumnRoles.of(spec, fullest.columns());
  }

  private static long filled(Row row) {
    return row.columns().values().stream().filter(value -> value != null).count();
  }

  private PromptDataset generatedPrompts(DatasetSpec spec) {
    List<Row> rows = rows(problems(spec));
    PromptWriter writer = new PromptWriter(spec, tokenizer);
    BadRows bad = new BadRows();
    List<Prompt> prompts = new ArrayList<>();
    ColumnRoles roles = ColumnRoles.of(spec, rows.get(0).columns());
    for (Row row : rows) {
      try {
        prompts.add(writer.prompt(row, roles));
      } catch (PromptWriter.Unusable e) {
        bad.add(row, e.getMessage());
      }
    }
    return new PromptDataset(
        spec.title(), some(spec, prompts, bad), bad, order(spec, prompts.size()));
  }

  private SupervisedDataset generatedExamples(DatasetSpec spec) {
    List<GeneratedProblem> problems = problems(spec);
    List<Row> rows = rows(problems);
    PromptWriter writer = new PromptWriter(spec, tokenizer);
    BadRows bad = new BadRows();
    List<Prompt> prompts = new ArrayList<>();
    ColumnRoles roles = ColumnRoles.of(spec, rows.get(0).columns());
    for (Row row : rows) {
      try {
        Prompt prompt = writer.prompt(row, roles);
        writer.example(prompt, problems.get((int) row.number()).worked());
        prompts.add(prompt);
      } catch (PromptWriter.Unusable e) {
        bad.add(row, e.getMessage());
      }
    }
    some(spec, prompts, bad);
    SupervisedDataset.Examples examples =
        (index, epoch) -> {
          Prompt prompt = prompts.get(index);
          Draws draws = new Draws(seed, "form", epoch, (int) prompt.id());
          GeneratedProblem problem = problems.get((int) prompt.id());
          String completion =
              draws.uniform() < spec.workingShare() ? problem.worked() : problem.bare();
          try {
            return writer.example(prompt, completion);
          } catch (PromptWriter.Unusable e) {
            throw new IllegalStateException(e);
          }
        };
    return new SupervisedDataset(
        spec.title(), prompts.size(), examples, bad, order(spec, prompts.size()));
  }

  private List<GeneratedProblem> problems(DatasetSpec spec) {
    ProblemSplit split = ProblemSplit.named(spec);
    List<GeneratedProblem> problems =
        spec.format().equals("arithmetic")
            ? ArithmeticProblems.of(split)
            : Gsm8kSteps.read(
                    spec.path().map(given -> DataFiles.resolve(given, data)).or(() -> data))
                .of(split);
    return spec.limit() == 0
        ? problems
        : problems.subList(0, Math.min(spec.limit(), problems.size()));
  }

  private static List<Row> rows(List<GeneratedProblem> problems) {
    List<Row> rows = new ArrayList<>();
    for (GeneratedProblem problem : problems) {
      rows.add(new Row(rows.size(), "problem " + rows.size(), problem.columns()));
    }
    return rows;
  }

  private static boolean full(DatasetSpec spec, int count) {
    return spec.limit() > 0 && count >= spec.limit();
  }

  private EpochOrder order(DatasetSpec spec, int rows) {
    return new EpochOrder(rows, spec.shuffle(), seed);
  }

  private static <T> List<T> some(DatasetSpec spec, List<T> usable, BadRows bad) {
    if (usable.isEmpty()) {
      throw new InvalidInput(
          spec.title()
              + " has no usable row: "
              + (bad.count() == 0 ? "the split is empty" : bad.summary()));
    }
    return usable;
  }
}
