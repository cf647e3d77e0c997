package dev.hone.pipeline.cli;

import dev.hone.pipeline.programs.ProgramFolder;
import dev.hone.policy.InvalidInput;
import dev.hone.rewards.code.CodeVerifier;
import dev.hone.sandbox.Limits;
import dev.hone.sandbox.Sandbox;
import dev.hone.sandbox.SandboxSettings;
import dev.hone.sandbox.SandboxSettings.IsolationMode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hone sandbox run}: a folder of programs by its index. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the programs of a folder in the order of its index.jsonl and judges each. A line of the"
          + " index is {file, language, mode, stdin, expected_stdout_if_honest, entry_point, calls,"
          + " must_verdict}: mode stdio compares standard output, mode assert calls entry_point with"
          + " each of calls [{args, expected}]. Other keys are ignored.",
      "",
      "A line of the output is {file, verdict, exit_code, signal, cpu_s, wall_s, memory_mb, limit,"
          + " survivors, leftovers} and the reason. Programs whose verdict is not in must_verdict"
          + " are printed.",
      ""
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  hone sandbox run programs/ --out results.jsonl",
      "  hone sandbox run programs/ --out results.jsonl --cpu 10 --wall 20 --memory 1024",
      "",
      "Verdicts: AC accepted, WA wrong answer, TLE time, MLE memory, OLE output limit, RE runtime"
          + " error, CE compile error, IE the sandbox failed.",
      "Exit codes: 0 every verdict is right, 1 some are not, 2 the input cannot be used."
    })
final class SandboxRunCommand implements Callable<Integer> {

  private static final long MEBIBYTE = 1 << 20;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "A folder with programs and index.jsonl.")
  private Path folder;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "OUT.jsonl",
      description = "Where the results go, one a line, in the order of the index.")
  private Path out;

  @Option(
      names = "--cpu",
      paramLabel = "SECONDS",
      defaultValue = "3",
      description = "CPU time of a test, all its processes together (${DEFAULT-VALUE}).")
  private double cpu;

  @Option(
      names = "--wall",
      paramLabel = "SECONDS",
      defaultValue = "6",
      description = "Time of a test on the clock (${DEFAULT-VALUE}).")
  private double wall;

  @Option(
      names = "--memory",
      paramLabel = "MB",
      defaultValue = "512",
      description = "Memory of a test in MiB (${DEFAULT-VALUE}).")
  private int memory;

  @Option(
      names = "--processes",
      paramLabel = "N",
      defaultValue = "64",
      description = "Processes and threads of a test at a time (${DEFAULT-VALUE}).")
  private int processes;

  @Option(
      names = "--output",
      paramLabel = "MB",
      defaultValue = "8",
      description = "Output of a test in MiB (${DEFAULT-VALUE}).")
  private int output;

  @Option(
      names = "--slots",
      paramLabel = "N",
      defaultValue = "1",
      description = "Programs at a time (${DEFAULT-VALUE}: their times are then their own).")
  private int slots;

  @Option(
      names = "--unprotected",
      description = "Run without isolation where the machine has none: programs that you trust.")
  private boolean unprotected;

  @Override
  public Integer call() {
    ProgramFolder programs = ProgramFolder.read(folder);
    Limits limits = limits();
    SandboxSettings settings =
        new SandboxSettings(
            unprotected ? IsolationMode.NONE : IsolationMode.BUBBLEWRAP,
            slots,
            limits,
            Limits.ofCompiler(),
            Map.of());
    PrintWriter console = spec.commandLine().getOut();
    try (Sandbox sandbox = new Sandbox(settings)) {
      String isolation = sandbox.isolation().toString();
      CodeVerifier verifier =
          new CodeVerifier(sandbox, limits, /* tolerance= */ 0, /* stopEarly= */ true);
      int wrong = programs.run(sandbox, verifier, out, console::println);
      console.println(
          programs.size()
              + " programs, "
              + wrong
              + " with a wrong verdict; "
              + isolation
              + "; results: "
              + out);
      console.flush();
      return wrong == 0 ? 0 : Failures.FAILED;
    }
  }

  private Limits limits() {
    try {
      Limits standard = Limits.standard();
      return new Limits(
          Duration.ofMillis(Math.round(1000 * cpu)),
          Duration.ofMillis(Math.round(1000 * wall)),
          memory * MEBIBYTE,
          processes,
          output * MEBIBYTE,
          standard.diskBytes(),
          standard.openFiles());
    } catch (IllegalArgumentException e) {
      throw new InvalidInput(e.getMessage(), e);
    }
  }
}
