package dev.hone.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this machine can isolate and which languages it runs: found out by doing it.
 *
 * @param findings in the order to be read
 * @param isolates whether programs can be run behind a boundary
 */
public record Diagnosis(List<Finding> findings, boolean isolates) {

  /** How a finding is to be taken. */
  public enum Level {
    GOOD,
    /** It works, with less than there could be. */
    LESS,
    MISSING
  }

  /**
   * One thing that was looked at.
   *
   * @param what its name
   * @param level how good it is
   * @param found what was found, in one line
   * @param remedy what to do about it; empty where nothing need be done
   */
  public record Finding(String what, Level level, String found, String remedy) {}

  private static final Map<Language, String> HELLO =
      Map.of(
          Language.PYTHON,
          "import sys; print('hello', sys.version.split()[0])",
          Language.C,
          "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }",
          Language.CPP,
          "#include <iostream>\nint main() { std::cout << \"hello\\n\"; }",
          Language.JAVA,
          "class Main { public static void main(String[] a) {"
              + " System.out.println(\"hello \" + System.getProperty(\"java.version\")); } }",
          Language.JAVASCRIPT,
          "console.log('hello', process.version)");

  /** Looks at this machine: takes a few seconds. */
  public static Diagnosis of(SandboxSettings settings) {
    List<Finding> findings = new ArrayList<>();
    findings.add(bubblewrap());
    findings.add(user());
    try (Sandbox sandbox = new Sandbox(settings.withSlots(1))) {
      Optional<Isolation> isolation = boundary(sandbox, findings);
      if (isolation.isPresent()) {
        findings.add(seccomp(isolation.get()));
        findings.add(groups(isolation.get()));
        for (Language language : Language.values()) {
          findings.add(language(sandbox, language));
        }
      }
      return new Diagnosis(
          List.copyOf(findings), isolation.filter(Isolation::isolated).isPresent());
    }
  }

  private static Finding bubblewrap() {
    return BoxCommand.bubblewrap()
        .map(path -> new Finding("bubblewrap", Level.GOOD, path.toString(), ""))
        .orElse(
            new Finding(
                "bubblewrap",
                Level.MISSING,
                "not installed",
                "apt-get install bubblewrap (Fedora: dnf install bubblewrap)"));
  }

  private static Finding user() {
    boolean root = Box.ownUser() == 0;
    return new Finding(
        "host user",
        Level.GOOD,
        root
            ? "root; programs run as an unprivileged user of their own"
            : "user " + Box.ownUser() + "; programs run as the same",
        "");
  }

  private static Optional<Isolation> boundary(Sandbox sandbox, List<Finding> findings) {
    try {
      Isolation isolation = sandbox.isolation();
      findings.add(new Finding("isolation", Level.GOOD, isolation.toString(), ""));
      return Optional.of(isolation);
    } catch (SandboxUnavailable e) {
      findings.add(
          new Finding(
              "isolation",
              Level.MISSING,
              e.getMessage(),
              "install what is missing above; where that is all there, allow user namespaces"
                  + " (sysctl user.max_user_namespaces above 0; on Ubuntu also"
                  + " kernel.apparmor_restrict_unprivileged_userns=0; in a container, a seccomp"
                  + " profile that allows unshare and mount)"));
      return Optional.empty();
    }
  }

  private static Finding seccomp(Isolation isolation) {
    return isolation.seccomp()
        ? new Finding("seccomp", Level.GOOD, "system calls are filtered", "")
        : new Finding(
            "seccomp",
            Level.LESS,
            "no filter for the processor " + System.getProperty("os.arch"),
            "namespaces protect without it; x86-64 and aarch64 have one");
  }

  private static Finding groups(Isolation isolation) {
    return isolation.cgroup().equals("none")
        ? new Finding(
            "control groups",
            Level.LESS,
            "none that this user may make; resource limits and a watchdog bound a run",
            "run as root, or under systemd-run --user --scope -p Delegate=yes, for exact limits on"
                + " the memory of many processes")
        : new Finding(
            "control groups",
            Level.GOOD,
            isolation.cgroup() + ": memory and processes of a whole run",
            "");
  }

  private static Finding language(Sandbox sandbox, Language language) {
    try {
      Limits limits = sandbox.settings().limits();
      Execution execution =
          sandbox.run(Program.of(language, HELLO.get(language)), Input.none(), limits);
      String said = execution.stdoutText().strip();
      if (execution.succeeded() && said.startsWith("hello")) {
        String version = said.substring("hello".length()).strip();
        return new Finding(
            language.toString(),
            Level.GOOD,
            (version.isEmpty() ? "runs" : "runs " + version)
                + String.format(", %.0f ms", execution.wall().toNanos() / 1e6),
            "");
      }
      String why =
          execution.message().isEmpty()
              ? execution.outcome() + ": " + execution.stderrText().strip()
              : execution.message();
      return new Finding(
          language.toString(),
          Level.MISSING,
          "does not run: " + why.lines().findFirst().orElse(""),
          "apt-get install " + Toolchain.debianPackage(language));
    } catch (SandboxUnavailable e) {
      return new Finding(
          language.toString(),
          Level.LESS,
          "not installed",
          "apt-get install " + Toolchain.debianPackage(language) + ", if you want it");
    }
  }
}
