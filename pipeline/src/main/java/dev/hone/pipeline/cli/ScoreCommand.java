package dev.hone.pipeline.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hone.pipeline.config.ExperimentFile;
import dev.hone.pipeline.run.Progress;
import dev.hone.pipeline.scoring.AnswerColumns;
import dev.hone.pipeline.scoring.AnswerReward;
import dev.hone.pipeline.scoring.FileScoring;
import dev.hone.pipeline.scoring.ScoreSummary;
import dev.hone.pipeline.spark.SparkEngine;
import dev.hone.policy.InvalidInput;
import dev.hone.rewards.RewardRegistry;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hone score}: answers that lie in files, judged again or for the first time. */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Judges answers that lie in files: rows with a response and its reference, from any model, or"
          + " the rollouts of a run. Every row is written back whole and in order, with score,"
          + " verdict, extracted and reason added.",
      "",
      "The response is the column 'response' or 'completion'; the reference is 'reference',"
          + " 'answer' (GSM8K, MATH, AIME), 'Answer' (SVAMP), 'target' or"
          + " 'reward_model.ground_truth' (verl), the first that a row has.",
      "",
      "A row that cannot be judged costs no other: it is named on standard error and written back"
          + " with the verdict ERROR and no score. A line that is no JSON object is kept in a column"
          + " 'line'. The output appears all at once, at the end.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hone score --verifier math answers.jsonl --out scored.jsonl",
      "  hone score --verifier math --mode lenient verl.parquet --response generated --out scored.parquet",
      "  hone score --verifier exact_match --reference solution.final answers.jsonl --out scored",
      "  hone score --verifier regex --option pattern='^\\d+$' answers.jsonl --out scored.jsonl",
      "  hone score --verifier code --set sandbox.slots=2 answers.jsonl --out scored.jsonl",
      "  hone score --verifier math runs/word-problems --out rescored.parquet",
      "",
      "Verdicts: CORRECT, INCORRECT, NO_ANSWER (nothing was found in the text), NOT_APPLICABLE (the"
          + " reference is nothing the verifier compares with), ERROR (see the reason)."
    })
final class ScoreCommand implements Callable<Integer> {

  /** The registered rewards, for the help. */
  static final class Types implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return RewardRegistry.standard().types().iterator();
    }
  }

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "IN",
      description = "JSONL, JSON or Parquet, plain or gzipped; a folder of them; or a run.")
  private Path in;

  @Option(
      names = "--verifier",
      required = true,
      paramLabel = "NAME",
      completionCandidates = Types.class,
      description = "A reward type (${COMPLETION-CANDIDATES}), or the class name of your own.")
  private String verifier;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "OUT",
      description =
          "One file where it ends in .jsonl or .parquet; otherwise a folder, in the format of IN.")
  private Path out;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "What counts as an answer, for a verifier with that option: strict, fit for training, or"
              + " lenient, for models that were not taught a form (default: the verifier's,"
              + " strict).")
  private String mode;

  @Option(
      names = "--response",
      paramLabel = "COLUMN",
      description = "The column of the answer, or a path such as output.text.")
  private String response;

  @Option(
      names = "--reference",
      paramLabel = "COLUMN",
      description = "The column of the reference, or a path.")
  private String reference;

  @Option(
      names = "--option",
      paramLabel = "KEY=VALUE",
      description = "Any option of the reward, as an experiment has it; may be repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "How programs are run, as an experiment has it, such as sandbox.memory_mb=1024; may be"
              + " repeated.")
  private List<String> overrides = List.of();

  @Option(
      names = "--threads",
      defaultValue = "0",
      paramLabel = "N",
      description = "Answers judged at once (default: a thread a core).")
  private int threads;

  @Override
  public Integer call() {
    FileScoring.check(in, out);
    if (threads < 0) {
      throw new InvalidInput("--threads is " + threads + "; give a number of at least 0");
    }
    AnswerReward reward =
        AnswerReward.of(verifier, rewardOptions(), ExperimentFile.sandbox(overrides).settings());
    reward.stage().prepare();
    AnswerColumns columns =
        new AnswerColumns(Optional.ofNullable(response), Optional.ofNullable(reference));
    Progress progress = Terminal.progress(spec.commandLine().getErr());
    ScoreSummary summary;
    try (SparkEngine engine =
        new SparkEngine(
            "hone score " + in.getFileName(),
            "local[" + (threads == 0 ? "*" : threads) + "]",
            Map.of())) {
      summary =
          new FileScoring(reward, columns, engine.stages(), engine.parquetTables(), progress)
              .score(in, out);
    }
    spec.commandLine().getOut().println(summary);
    spec.commandLine().getErr().println("Scored rows: " + out);
    return 0;
  }

  private Map<String, Object> rewardOptions() {
    Map<String, Object> values = new LinkedHashMap<>();
    options.forEach((key, value) -> values.put(key, value(key, value)));
    if (mode != null) {
      values.put("mode", mode);
    }
    return values;
  }

  /** As YAML has it, so that numbers and lists are what they are in an experiment. */
  private static Object value(String key, String text) {
    try {
      return new YAMLMapper().readValue(text, Object.class);
    } catch (JsonProcessingException e) {
      throw new InvalidInput("--option " + key + ": '" + text + "' is not a value; quote it", e);
    }
  }
}
