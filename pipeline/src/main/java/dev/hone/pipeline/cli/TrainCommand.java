package dev.hone.pipeline.cli;

import dev.hone.pipeline.config.Experiment;
import dev.hone.pipeline.config.ExperimentFile;
import dev.hone.pipeline.report.ReportData;
import dev.hone.pipeline.report.RunSummary;
import dev.hone.pipeline.spark.SparkEngine;
import dev.hone.pipeline.train.ExperimentRunner;
import dev.hone.policy.InvalidInput;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hone train}: runs an experiment, or goes on with it. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the stages of an experiment. Stopped at any instant, the same command goes on where it"
          + " was, and ends with the same weights.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hone train configs/quickstart.yaml",
      "  hone train configs/quickstart.yaml --name seed-1 --set seed=1",
      "  hone train configs/gsm8k-steps.yaml --set data=train.jsonl"
    })
final class TrainCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The experiment, a YAML file.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Change a setting, such as stages.grpo.max_steps=20; may be given several times.")
  private List<String> overrides = List.of();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the run: it lies in <output_dir>/NAME.")
  private String name;

  @Override
  public Integer call() {
    List<String> changes = new ArrayList<>(overrides);
    if (name != null) {
      changes.add("name=" + name);
    }
    Experiment experiment = ExperimentFile.read(file, changes);
    if (experiment.stages().isEmpty()) {
      throw new InvalidInput(
          file
              + ": stages: there is nothing to train; give at least one stage (type: sft or grpo)");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (SparkEngine engine =
        new SparkEngine(
            "hone " + experiment.name(), experiment.spark().master(), experiment.spark().conf())) {
      ReportData data =
          new ExperimentRunner(
                  experiment,
                  engine::stages,
                  engine.parquetRows(),
                  Terminal.progress(spec.commandLine().getErr()))
              .run();
      RunSummary.lines(data).forEach(out::println);
    }
    return 0;
  }
}
