package dev.hone.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Sandboxes for tests, on machines that can isolate; elsewhere a test skips and says why. */
final class TestSandboxes {

  private TestSandboxes() {}

  static Sandbox isolated() {
    return isolated(2);
  }

  static Sandbox isolated(int slots) {
    return checked(new Sandbox(SandboxSettings.standard().withSlots(slots)));
  }

  /** As on a machine where control groups cannot be had. */
  static Sandbox withoutControlGroups() {
    return checked(new Sandbox(SandboxSettings.standard().withSlots(1), /* groups= */ false));
  }

  private static Sandbox checked(Sandbox sandbox) {
    try {
      sandbox.isolation();
    } catch (SandboxUnavailable e) {
      sandbox.close();
      System.out.println("skipped: " + e.getMessage());
      Assumptions.abort(e.getMessage());
    }
    return sandbox;
  }

  /** Nothing of this process's sandboxes is left: no process, no control group. */
  static void assertNothingLeft() throws IOException, InterruptedException {
    String prefix = "hone-" + ProcessHandle.current().pid() + "-";
    List<Path> groups = List.of();
    long boxes = 0;
    for (int tries = 0; tries < 100; tries++) {
      groups = groups(prefix);
      boxes =
          ProcessHandle.current()
              .descendants()
              .filter(process -> process.info().command().orElse("").contains("bwrap"))
              .count();
      if (groups.isEmpty() && boxes == 0) {
        break;
      }
      Thread.sleep(20);
    }
    assertThat(groups).isEmpty();
    assertThat(boxes).isZero();
  }

  private static List<Path> groups(String prefix) throws IOException {
    try (Stream<Path> all = Files.walk(Path.of("/sys/fs/cgroup"), 5)) {
      return all.filter(path -> path.getFileName().toString().startsWith(prefix)).toList();
    }
  }
}
