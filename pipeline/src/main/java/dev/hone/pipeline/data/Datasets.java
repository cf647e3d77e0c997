package dev.hone.pipeline.data;

import dev.hone.pipeline.config.DatasetSection;
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
  public PromptDataset prompts(DatasetSection section) {
    if (isGenerated(section)) {
      return generatedPrompts(section);
    }
    Loaded loaded = load(section);
    PromptWriter writer = new PromptWriter(section, tokenizer);
    List<Prompt> prompts = new ArrayList<>();
    ColumnRoles roles = roles(section, loaded);
    for (Row row : loaded.rows()) {
      if (full(section, prompts.size())) {
        break;
      }
      try {
        Prompt prompt = writer.prompt(row, roles);
        if (FileSplit.takes(section, row, prompt.text())) {
          prompts.add(prompt);
        }
      } catch (PromptWriter.Unusable e) {
        loaded.bad().add(row, e.getMessage());
      }
    }
    return new PromptDataset(
        section.title(),
        some(section, prompts, loaded.bad()),
        loaded.bad(),
        order(section, prompts.size()));
  }

  /**
   * Examples to imitate.
   *
   * @throws InvalidInput where the description is wrong, the file is absent, or no row is usable
   */
  public SupervisedDataset supervised(DatasetSection section) {
    if (isGenerated(section)) {
      return generatedExamples(section);
    }
    Loaded loaded = load(section);
    PromptWriter writer = new PromptWriter(section, tokenizer);
    ColumnRoles roles = roles(section, loaded);
    Template completion =
        roles
            .completion()
            .orElseThrow(
                () ->
                    new InvalidInput(
                        section.title()
                            + ": no column looks like a completion; the data has "
                            + loaded.rows().get(0).columns().keySet()
                            + "; set 'columns: {completion: ...}' or a 'completion_template'"));
    List<SupervisedExample> examples = new ArrayList<>();
    for (Row row : loaded.rows()) {
      if (full(section, examples.size())) {
        break;
      }
      try {
        Prompt prompt = writer.prompt(row, roles);
        if (FileSplit.takes(section, row, prompt.text())) {
          examples.add(
              writer.example(prompt, PromptWriter.fill(completion, parts(prompt, row, roles))));
        }
      } catch (PromptWriter.Unusable e) {
        loaded.bad().add(row, e.getMessage());
      }
    }
    some(section, examples, loaded.bad());
    return new SupervisedDataset(
        section.title(),
        examples.size(),
        (index, epoch) -> examples.get(index),
        loaded.bad(),
        order(section, examples.size()));
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

  private static boolean isGenerated(DatasetSection section) {
    return section.format().equals("arithmetic") || section.format().equals("gsm8k_steps");
  }

  private Loaded load(DatasetSection section) {
    Path path =
        section
            .path()
            .map(given -> DataFiles.resolve(given, data))
            .or(() -> data)
            .orElseThrow(
                () ->
                    new InvalidInput(
                        "a dataset of format "
                            + section.format()
                            + " needs a 'path', or the experiment's 'data'"));
    BadRows bad = new BadRows();
    boolean isParquet =
        section.format().equals("parquet")
            || (section.format().equals("auto") && DataFiles.isParquet(path));
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

  private static ColumnRoles roles(DatasetSection section, Loaded loaded) {
    // A row with a hole does not stand for the data: the shape is read from the fullest of the
    // first.
    Row fullest = loaded.rows().get(0);
    for (Row row : loaded.rows().subList(0, Math.min(100, loaded.rows().size()))) {
      if (filled(row) > filled(fullest)) {
        fullest = row;
      }
    }
    return ColumnRoles.of(section, fullest.columns());
  }

  private static long filled(Row row) {
    return row.columns().values().stream().filter(value -> value != null).count();
  }

  private PromptDataset generatedPrompts(DatasetSection section) {
    List<Row> rows = rows(problems(section));
    PromptWriter writer = new PromptWriter(section, tokenizer);
    BadRows bad = new BadRows();
    List<Prompt> prompts = new ArrayList<>();
    ColumnRoles roles = ColumnRoles.of(section, rows.get(0).columns());
    for (Row row : rows) {
      try {
        prompts.add(writer.prompt(row, roles));
      } catch (PromptWriter.Unusable e) {
        bad.add(row, e.getMessage());
      }
    }
    return new PromptDataset(
        section.title(), some(section, prompts, bad), bad, order(section, prompts.size()));
  }

  private SupervisedDataset generatedExamples(DatasetSection section) {
    List<GeneratedProblem> problems = problems(section);
    List<Row> rows = rows(problems);
    PromptWriter writer = new PromptWriter(section, tokenizer);
    BadRows bad = new BadRows();
    List<Prompt> prompts = new ArrayList<>();
    ColumnRoles roles = ColumnRoles.of(section, rows.get(0).columns());
    for (Row row : rows) {
      try {
        Prompt prompt = writer.prompt(row, roles);
        writer.example(prompt, problems.get((int) row.number()).worked());
        prompts.add(prompt);
      } catch (PromptWriter.Unusable e) {
        bad.add(row, e.getMessage());
      }
    }
    some(section, prompts, bad);
    SupervisedDataset.Examples examples =
        (index, epoch) -> {
          Prompt prompt = prompts.get(index);
          Draws draws = new Draws(seed, "form", epoch, (int) prompt.id());
          GeneratedProblem problem = problems.get((int) prompt.id());
          String completion =
              draws.uniform() < section.workingShare() ? problem.worked() : problem.bare();
          try {
            return writer.example(prompt, completion);
          } catch (PromptWriter.Unusable e) {
            throw new IllegalStateException(e);
          }
        };
    return new SupervisedDataset(
        section.title(), prompts.size(), examples, bad, order(section, prompts.size()));
  }

  private List<GeneratedProblem> problems(DatasetSection section) {
    ProblemSplit split = ProblemSplit.named(section);
    List<GeneratedProblem> problems =
        section.format().equals("arithmetic")
            ? ArithmeticProblems.of(split)
            : Gsm8kSteps.read(
                    section.path().map(given -> DataFiles.resolve(given, data)).or(() -> data))
                .of(split);
    return section.limit() == 0
        ? problems
        : problems.subList(0, Math.min(section.limit(), problems.size()));
  }

  private static List<Row> rows(List<GeneratedProblem> problems) {
    List<Row> rows = new ArrayList<>();
    for (GeneratedProblem problem : problems) {
      rows.add(new Row(rows.size(), "problem " + rows.size(), problem.columns()));
    }
    return rows;
  }

  private static boolean full(DatasetSection section, int count) {
    return section.limit() > 0 && count >= section.limit();
  }

  private EpochOrder order(DatasetSection section, int rows) {
    return new EpochOrder(rows, section.shuffle(), seed);
  }

  private static <T> List<T> some(DatasetSection section, List<T> usable, BadRows bad) {
    if (usable.isEmpty()) {
      throw new InvalidInput(
          section.title()
              + " has no usable row: "
              + (bad.count() == 0 ? "the split is empty" : bad.summary()));
    }
    return usable;
  }
}
