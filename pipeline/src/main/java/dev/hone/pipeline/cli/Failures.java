package dev.hone.pipeline.cli;

import dev.hone.policy.InvalidInput;
import dev.hone.rewards.InvalidReward;
import dev.hone.sandbox.SandboxUnavailable;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** How the program ends when it cannot go on: lines that begin with {@code error:}. */
final class Failures {

  static final int FAILED = 1;
  static final int UNUSABLE_INPUT = 2;

  private Failures() {}

  /** The command line itself cannot be understood. */
  static int usage(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    boolean commandless = arguments.length == 0 && command.getParent() == null;
    if (commandless) {
      command.usage(err);
      return UNUSABLE_INPUT;
    }
    String message = failure.getMessage().lines().collect(Collectors.joining(" ")).strip();
    if (failure instanceof UnmatchedArgumentException unmatched) {
      List<String> near = unmatched.getSuggestions();
      message += near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?";
    }
    String name = command.getCommandSpec().qualifiedName();
    err.println("error: " + message + " (`" + name + " --help` shows how it is used)");
    err.flush();
    return UNUSABLE_INPUT;
  }

  /** A command has thrown. */
  static int execution(Exception failure, CommandLine command, boolean debug) {
    PrintWriter err = command.getErr();
    Throwable told = told(failure);
    if (isTheInput(told)) {
      told.getMessage().lines().forEach(line -> err.println("error: " + line));
    } else {
      err.println("error: " + line(told) + (debug ? "" : "; --debug shows where"));
    }
    if (debug) {
      failure.printStackTrace(err);
    }
    err.flush();
    return isTheInput(told) ? UNUSABLE_INPUT : FAILED;
  }

  /** The input or the machine is to blame, and the message says all there is to say. */
  private static boolean isTheInput(Throwable failure) {
    return failure instanceof InvalidInput
        || failure instanceof InvalidReward
        || failure instanceof SandboxUnavailable;
  }

  /**
   * What the user did, if that is what lies behind the failure; Spark wraps what its tasks throw.
   */
  private static Throwable told(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (isTheInput(cause)) {
        return cause;
      }
    }
    Throwable told = failure;
    while (told.getCause() != null && told.getClass().getName().startsWith("org.apache.spark")) {
      told = told.getCause();
    }
    return told;
  }

  private static String line(Throwable failure) {
    String name = failure.getClass().getSimpleName();
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? name
        : name + ": " + message.lines().findFirst().orElse("");
  }
}
