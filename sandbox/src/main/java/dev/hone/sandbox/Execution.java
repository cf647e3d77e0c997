package dev.hone.sandbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * What happened when a program ran. It says nothing of right or wrong.
 *
 * @param outcome how it ended
 * @param exitCode the exit code; -1 where it did not exit by itself
 * @param signal the signal that ended it; 0 where none did
 * @param limit the limit that ended it
 * @param cpu CPU time of all its processes
 * @param wall time on the clock
 * @param memoryBytes the most that all its processes held at once
 * @param stdout what it wrote, cut at the limit
 * @param stderr what it wrote to standard error, cut
 * @param killed processes that were still there when it ended, and were killed
 * @param survivors processes left after that: anything but 0 is a fault of the sandbox
 * @param leftovers files left after that: anything but 0 is a fault of the sandbox
 * @param message the compiler's words, or what failed in the sandbox; empty otherwise
 * @param isolation what was in force
 */
public record Execution(
    Outcome outcome,
    int exitCode,
    int signal,
    Optional<Limit> limit,
    Duration cpu,
    Duration wall,
    long memoryBytes,
    byte[] stdout,
    byte[] stderr,
    int killed,
    int survivors,
    int leftovers,
    String message,
    Isolation isolation) {

  /** How a run ends. */
  public enum Outcome {
    /** By itself, with an exit code. */
    EXITED,
    /** By a signal that no limit sent. */
    SIGNALLED,
    /** At a limit. */
    LIMITED,
    /** It never began: the compiler refused it. */
    NOT_COMPILED,
    /** The sandbox failed; the program is not to blame. */
    SANDBOX_FAILED
  }

  /** True where the program ended by itself with exit code 0. */
  public boolean succeeded() {
    return outcome == Outcome.EXITED && exitCode == 0;
  }

  public String stdoutText() {
    return new String(stdout, StandardCharsets.UTF_8);
  }

  public String stderrText() {
    return new String(stderr, StandardCharsets.UTF_8);
  }

  /** The same run, known to have been refused by its language's parser. */
  public Execution refusedBecause(String words) {
    return new Execution(
        Outcome.NOT_COMPILED,
        exitCode,
        signal,
        limit,
        cpu,
        wall,
        memoryBytes,
        stdout,
        stderr,
        killed,
        survivors,
        leftovers,
        words,
        isolation);
  }

  /** A run that never was, since the sandbox failed. */
  static Execution failed(String message, Isolation isolation) {
    return withoutRun(Outcome.SANDBOX_FAILED, message, isolation);
  }

  static Execution notCompiled(String message, Isolation isolation) {
    return withoutRun(Outcome.NOT_COMPILED, message, isolation);
  }

  private static Execution withoutRun(Outcome outcome, String message, Isolation isolation) {
    return new Execution(
        outcome,
        -1,
        0,
        Optional.empty(),
        Duration.ZERO,
        Duration.ZERO,
        0,
        new byte[0],
        new byte[0],
        0,
        0,
        0,
        message,
        isolation);
  }
}
