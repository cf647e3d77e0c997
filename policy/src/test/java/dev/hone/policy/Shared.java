package dev.hone.policy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Where the parity fixtures lie. */
public final class Shared {

  private Shared() {}

  /** A directory beneath {@code hone.shared}; skips the test where it is absent. */
  public static Path directory(String name) {
    Path shared = Path.of(System.getProperty("hone.shared", "shared"));
    Path directory = shared.resolve(name);
    Assumptions.assumeTrue(
        Files.isDirectory(directory),
        "skipped: " + name + " is not at " + shared + "; set -Dhone.shared");
    return directory;
  }
}
