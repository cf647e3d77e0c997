package dev.hone.pipeline.cli;

import dev.hone.pipeline.config.Experiment;
import dev.hone.pipeline.config.ExperimentFile;
import dev.hone.pipeline.config.Reference;
import dev.hone.pipeline.config.Stage;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hone config}: the schema, or the check of a file. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows every setting of an experiment with its default, or checks an experiment file.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hone config                                   every setting, its default, what it does",
      "  hone config configs/quickstart.yaml           is this file sound?",
      "  hone config my.yaml --resolved --set seed=3   the same with every default filled in"
    })
final class ConfigCommand implements Callable<Integer> {

  private static final int DOC_COLUMN = 42;
  private static final ColorScheme COLOURS = Help.defaultColorScheme(Ansi.AUTO);

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      description = "An experiment to check; without one the schema is shown.")
  private Path file;

  @Option(names = "--validate", description = "Check FILE, as is done without this option too.")
  private boolean validate;

  @Option(names = "--resolved", description = "Print FILE with every default filled in.")
  private boolean resolved;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a setting, such as stages.grpo.max_steps=20.")
  private List<String> overrides = List.of();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (file == null) {
      if (validate || resolved || !overrides.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(), "Missing FILE: name the experiment to check");
      }
      Reference.lines().forEach(line -> out.println(shown(line)));
      return 0;
    }
    Experiment experiment = ExperimentFile.read(file, overrides);
    if (resolved) {
      out.print(ExperimentFile.write(experiment));
      out.flush();
      return 0;
    }
    String stages =
        experiment.stages().stream().map(Stage::label).collect(Collectors.joining(", "));
    out.println(file + " is sound: experiment " + experiment.name() + ", stages " + stages);
    return 0;
  }

  private static Text shown(Reference.Line line) {
    String indent = "  ".repeat(line.depth());
    String value = line.value().isEmpty() ? ":" : ": " + line.value();
    int width = indent.length() + line.key().length() + value.length();
    String gap = " ".repeat(Math.max(2, DOC_COLUMN - width));
    boolean item = line.key().startsWith("- ");
    String dash = item ? "- " : "";
    String key = item ? line.key().substring(2) : line.key();
    return Ansi.AUTO
        .text(indent + dash)
        .concat(Ansi.AUTO.text("@|bold,cyan " + key + "|@"))
        .concat(Ansi.AUTO.new Text(value + gap, COLOURS))
        .concat(Ansi.AUTO.text("@|faint # |@"))
        .concat(Ansi.AUTO.new Text(line.doc(), COLOURS));
  }
}
