package dev.hone.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many executions in a row leave the machine as it was. */
class EnduranceTest {

  private static final int SLOTS = 2;
  private static final Limits LIMITS =
      Limits.standard().withTime(Duration.ofSeconds(2), Duration.ofSeconds(4));

  /** Well behaved, failing, leaving daemons, files and pipes behind, talking too much. */
  private static final List<String> SOURCES =
      List.of(
          "print(1)",
          "print(1)",
          "print(1)",
          "raise ValueError",
          "import os\nos.kill(os.getpid(), 9)",
          "import os, time\nif os.fork() == 0:\n  os.setsid(); time.sleep(100)\nprint(1)",
          "open('/tmp/left', 'w').write('x' * 100000); open('/dev/shm/left', 'w').write('x')",
          "import os\nfds = [os.pipe() for _ in range(50)]\nos.mkfifo('f')",
          "import sys\nsys.stdout.write('x' * 300000)",
          "def f(:");

  /**
   * What there is of each kind, before and after.
   *
   * @param descriptors open ones of this process
   * @param mounts in this process's namespace
   * @param groups control groups, wherever they hang
   * @param temporary files of ours in the folder for temporary files
   * @param inside processes in the boxes, seen from outside
   */
  private record Inventory(
      long descriptors, long mounts, long groups, long temporary, long inside) {

    static Inventory take() throws IOException {
      return new Inventory(
          entries(Path.of("/proc/self/fd")),
          Files.readAllLines(Path.of("/proc/self/mountinfo")).size(),
          controlGroups(),
          temporaryFiles(),
          ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).count());
    }

    private static long entries(Path folder) throws IOException {
      try (Stream<Path> all = Files.list(folder)) {
        return all.count();
      }
    }

    private static long temporaryFiles() throws IOException {
      try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
        return all.filter(path -> path.getFileName().toString().startsWith("hone-")).count();
      }
    }

    private static long controlGroups() throws IOException {
      String mine = "hone-" + ProcessHandle.current().pid() + "-";
      try (Stream<Path> all = Files.walk(Path.of("/sys/fs/cgroup"), 5)) {
        return all.filter(path -> path.getFileName().toString().startsWith(mine)).count();
      }
    }
  }

  @Test
  void hundredsInARowLeaveNothing() throws Exception {
    endure(300);
  }

  @Test
  @Tag("slow")
  void tenThousandInARowLeaveNothing() throws Exception {
    endure(10_000);
  }

  private static void endure(int executions) throws Exception {
    try (Sandbox sandbox = TestSandboxes.isolated(SLOTS)) {
      run(sandbox, 20);
      Inventory before = Inventory.take();
      run(sandbox, executions);
      Inventory after = Inventory.take();
      assertThat(after).isEqualTo(before);
    }
    TestSandboxes.assertNothingLeft();
  }

  /** As many at a time as there are slots. */
  private static void run(Sandbox sandbox, int executions) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(SLOTS);
    try {
      List<Callable<Void>> runs =
          IntStream.range(0, executions)
              .mapToObj(i -> run(sandbox, SOURCES.get(i % SOURCES.size())))
              .toList();
      for (Future<Void> run : threads.invokeAll(runs)) {
        run.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private static Callable<Void> run(Sandbox sandbox, String source) {
    return () -> {
      Execution execution = sandbox.run(Program.of(Language.PYTHON, source), Input.none(), LIMITS);
      assertThat(execution.outcome()).isNotEqualTo(Execution.Outcome.SANDBOX_FAILED);
      assertThat(execution.survivors()).isZero();
      assertThat(execution.leftovers()).isZero();
      return null;
    };
  }
}
