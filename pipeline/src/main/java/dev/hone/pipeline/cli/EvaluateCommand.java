package dev.hone.pipeline.cli;

import dev.hone.pipeline.config.Experiment;
import dev.hone.pipeline.config.ExperimentFile;
import dev.hone.pipeline.evaluation.Evaluation;
import dev.hone.pipeline.evaluation.EvaluationLog;
import dev.hone.pipeline.evaluation.EvaluationResult;
import dev.hone.pipeline.spark.SparkEngine;
import dev.hone.pipeline.train.EvaluationRunner;
import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code hone evaluate}: any checkpoint on any dataset. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures a checkpoint: on a file of problems, or on the suites of an experiment. Answers are"
          + " judged by the experiment's rewards, or by their final number.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hone evaluate --checkpoint DIR --data test.jsonl --out evaluations/test",
      "  hone evaluate --checkpoint DIR --data test.jsonl --num-generations 8 --temperature 0.8"
          + " --k 1,8",
      "  hone evaluate configs/quickstart.yaml --checkpoint runs/quickstart/checkpoints/best"
    })
final class EvaluateCommand implements Callable<Integer> {

  private static final String RESULT = "evaluation.json";

  @Spec private CommandSpec spec;

  @Mixin private EvaluationOptions options;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the answers and the result are kept (default: evaluations/<name>).")
  private Path out;

  @Override
  public Integer call() throws IOException {
    Experiment experiment = options.experiment();
    Path folder = out == null ? Path.of("evaluations", experiment.name()) : out;
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new InvalidInput("--out: " + folder + " is a file; name a folder");
    }
    Evaluation evaluation;
    try (SparkEngine engine =
        new SparkEngine(
            "hone evaluate " + experiment.name(),
            experiment.spark().master(),
            experiment.spark().conf())) {
      evaluation =
          new EvaluationRunner(
                  experiment,
                  engine::stages,
                  engine.parquetRows(),
                  Terminal.progress(spec.commandLine().getErr()))
              .run(folder);
    }
    Files.writeString(folder.resolve("config.yaml"), ExperimentFile.write(experiment));
    Files.writeString(
        folder.resolve(RESULT), EvaluationLog.toJson(evaluation).toPrettyString() + "\n");
    PrintWriter results = spec.commandLine().getOut();
    evaluation.results().forEach(result -> results.println(line(result)));
    spec.commandLine().getErr().println("Answers and result: " + folder);
    return 0;
  }

  private static String line(EvaluationResult result) {
    return String.format(
        Locale.ROOT,
        "%s  %s  (%d problems, %d answer%s each, mean length %.1f, %.0f s)",
        result.suite(),
        result.accuracy().entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining("  ")),
        result.problems(),
        result.samples(),
        result.samples() == 1 ? "" : "s",
        result.meanLength(),
        result.seconds());
  }
}
