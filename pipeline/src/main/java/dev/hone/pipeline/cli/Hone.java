package dev.hone.pipeline.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The program {@code hone}. */
@Command(
    name = "hone",
    subcommands = {
      TrainCommand.class,
      EvaluateCommand.class,
      ScoreCommand.class,
      GenerateCommand.class,
      InspectCommand.class,
      ConfigCommand.class,
      SandboxCommand.class,
      DoctorCommand.class,
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Teaches a language model to reason: reinforcement learning with verifiable rewards, on the"
          + " JVM and Apache Spark.",
      ""
    },
    commandListHeading = "%nCommands:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  hone train configs/quickstart.yaml           teach a small model arithmetic",
      "  hone generate --checkpoint DIR --prompt '17*24='",
      "  hone evaluate --checkpoint DIR --data test.jsonl",
      "  hone score --verifier math answers.jsonl --out scored.jsonl",
      "  hone config                                  every setting and its default",
      "  hone doctor                                  can this machine isolate programs?",
      "",
      "Exit codes: 0 done, 1 the run failed, 2 the input cannot be used, 130 interrupted."
    })
public final class Hone {

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show stack traces and Spark's warnings.")
  private boolean debug;

  private Hone() {}

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] arguments) {
    PrintWriter out = writer(System.out);
    PrintWriter err = writer(System.err);
    int code = run(out, err, arguments);
    out.flush();
    err.flush();
    System.exit(code);
  }

  /** Runs the program in this process; its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    Hone hone = new Hone();
    CommandLine line = new CommandLine(hone);
    line.setOut(out).setErr(err);
    line.setUsageHelpAutoWidth(true);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(Failures::usage);
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> Failures.execution(failure, command, hone.debug));
    line.setExecutionStrategy(
        parsed -> {
          if (hone.debug) {
            System.setProperty("hone.log.level", "warn"); // read by log4j2.properties
          }
          return new CommandLine.RunLast().execute(parsed);
        });
    return line.execute(arguments);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(
        new OutputStreamWriter(stream, StandardCharsets.UTF_8), /* autoFlush= */ true);
  }
}
