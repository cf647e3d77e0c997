package dev.hone.sandbox;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program that is ready to run, as often as one likes.
 *
 * @param language what it was written in
 * @param files what must lie where it runs; {@link #mode} tells which are executable
 * @param python the file that the pre-started interpreter runs; otherwise {@code command} is run
 * @param command the command line
 * @param environment variables that it needs
 */
record Executable(
    Language language,
    Map<String, byte[]> files,
    Optional<String> python,
    List<String> command,
    Map<String, String> environment) {

  /** {@code exec} for a file that is run itself, {@code file} for any other. */
  String mode(String path) {
    return python.isEmpty() && command.get(0).equals("./" + path) ? "exec" : "file";
  }
}
