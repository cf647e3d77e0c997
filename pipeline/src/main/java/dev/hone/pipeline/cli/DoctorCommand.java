package dev.hone.pipeline.cli;

import dev.hone.sandbox.Diagnosis;
import dev.hone.sandbox.Diagnosis.Finding;
import dev.hone.sandbox.SandboxSettings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code hone doctor}: what this machine can isolate. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Says what this machine can isolate when it runs the programs of answers, which languages it"
          + " runs, and what to install.",
      ""
    },
    footerHeading = "%nExample:%n",
    footer = {"  hone doctor", "", "Exit codes: 0 programs can be isolated, 1 they cannot."})
final class DoctorCommand implements Callable<Integer> {

  private static final int NAME_WIDTH = 15;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Diagnosis diagnosis = Diagnosis.of(SandboxSettings.standard());
    for (Finding finding : diagnosis.findings()) {
      String mark =
          switch (finding.level()) {
            case GOOD -> "@|green ok|@     ";
            case LESS -> "@|yellow less|@   ";
            case MISSING -> "@|red missing|@";
          };
      String name = String.format("%-" + NAME_WIDTH + "s", finding.what());
      out.println(Ansi.AUTO.string(mark) + "  " + name + finding.found());
      if (!finding.remedy().isEmpty()) {
        out.println(" ".repeat("missing  ".length() + NAME_WIDTH) + "-> " + finding.remedy());
      }
    }
    out.println(
        diagnosis.isolates()
            ? "Programs can be isolated on this machine."
            : "Programs cannot be isolated on this machine; the sandbox refuses to run them, unless"
                + " sandbox.isolation: none is written in the experiment.");
    out.flush();
    return diagnosis.isolates() ? 0 : 1;
  }
}
