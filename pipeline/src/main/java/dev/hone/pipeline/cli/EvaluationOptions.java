package dev.hone.pipeline.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.hone.pipeline.config.Experiment;
import dev.hone.pipeline.config.ExperimentFile;
import dev.hone.policy.InvalidInput;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What is to be evaluated. The options are short for settings of an experiment, so that what is
 * allowed, and how it is checked, is the same.
 */
final class EvaluationOptions {

  /** Without an experiment: right is what has the right final number. */
  private static final String FINAL_NUMBER =
      "rewards: [{name: accuracy, type: final_number, reference: answer}]\n";

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "An experiment, for its suites and rewards.")
  private Path file;

  @Option(
      names = "--checkpoint",
      required = true,
      paramLabel = "DIR",
      description = "A Hugging Face checkpoint directory.")
  private Path checkpoint;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "Problems, JSONL or Parquet; instead of the experiment's suites.")
  private Path data;

  @Option(
      names = "--num-generations",
      paramLabel = "N",
      description = "Answers to each problem (default: 1, or what the suite says).")
  private Integer numGenerations;

  @Option(
      names = "--k",
      split = ",",
      paramLabel = "K",
      description = "The k of pass@k and maj@k, such as 1,8.")
  private List<Integer> k;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "Sampling temperature; 0 takes the likeliest token (default: 0).")
  private Double temperature;

  @Option(names = "--top-p", paramLabel = "P", description = "Sample from the likeliest tokens.")
  private Double topP;

  @Option(
      names = {"--max-new-tokens", "--max-completion-length"},
      paramLabel = "N",
      description = "Most tokens of an answer (default: 512).")
  private Integer maxNewTokens;

  @Option(names = "--limit", paramLabel = "N", description = "Take only so many problems.")
  private Integer limit;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of the sampling (default: 0).")
  private Long seed;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change any setting of the experiment, such as rewards.0.marker='#'.")
  private List<String> overrides = List.of();

  /** The experiment that the options describe, checked. */
  Experiment experiment() {
    if (file == null && data == null) {
      throw new InvalidInput(
          "evaluate: nothing to evaluate on; give --data FILE or an experiment with suites");
    }
    List<String> base = new ArrayList<>();
    base.add("stages=[]");
    base.add("model={checkpoint: " + quoted(checkpoint.toString()) + "}");
    if (data != null) {
      base.add("data=null");
      base.add("evaluation.best_metric=null");
      base.add(
          "evaluation.suites=[{name: "
              + quoted(nameOf(data))
              + ", dataset: {path: "
              + quoted(data.toString())
              + "}}]");
      if (file == null) {
        base.add("name=" + quoted(nameOf(data)));
      }
    }
    base.addAll(overrides);
    int suites = read(base).evaluation().suites().size();
    if (suites == 0) {
      throw new InvalidInput(
          file + ": evaluation.suites is empty; give --data FILE to evaluate on a file");
    }
    if (seed != null) {
      base.add("seed=" + seed);
    }
    for (int suite = 0; suite < suites; suite++) {
      String path = "evaluation.suites." + suite + ".";
      settings().forEach((key, value) -> base.add(path + key + "=" + value));
    }
    return read(base);
  }

  private Experiment read(List<String> changes) {
    return file == null
        ? ExperimentFile.read("evaluate", FINAL_NUMBER, changes)
        : ExperimentFile.read(file, changes);
  }

  private Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("num_generations", numGenerations);
    settings.put("k", k == null && numGenerations != null ? List.of(1, numGenerations) : k);
    settings.put("temperature", temperature);
    settings.put("top_p", topP);
    settings.put("max_completion_length", maxNewTokens);
    settings.put("dataset.limit", limit);
    settings.values().removeIf(value -> value == null);
    return settings;
  }

  private static String nameOf(Path path) {
    String name =
        path.getFileName().toString().replaceAll("\\.(jsonl?|ndjson|parquet)(\\.gz)?$", "");
    return name.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("^[^A-Za-z0-9]+", "");
  }

  /** As YAML text, whatever it holds. */
  private static String quoted(String text) {
    return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }
}
