package dev.hone.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.sandbox.Sandbox;
import dev.hone.sandbox.SandboxSettings;
import dev.hone.sandbox.SandboxUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs scored on executors that are processes of their own, as on a cluster: Spark's {@code
 * local-cluster} mode.
 */
@Tag("slow")
class ClusterScoringTest {

  @TempDir private Path folder;

  @BeforeAll
  static void needsIsolation() {
    try (Sandbox sandbox = new Sandbox(SandboxSettings.standard())) {
      sandbox.isolation();
    } catch (SandboxUnavailable e) {
      System.out.println("skipped: " + e.getMessage());
      Assumptions.abort(e.getMessage());
    }
  }

  @Test
  void everyExecutorRunsAsManyProgramsAtATimeAsItHasSlots() throws Exception {
    Path log = folder.resolve("log");
    Process driver = driver(log);
    Map<Long, Integer> mostBoxes = new HashMap<>();
    try {
      while (!driver.waitFor(50, TimeUnit.MILLISECONDS)) {
        for (ProcessHandle process : driver.children().toList()) {
          int boxes = boxes(process);
          if (boxes > 0) {
            mostBoxes.merge(process.pid(), boxes, Math::max);
          }
        }
      }
    } finally {
      List<ProcessHandle> all = driver.descendants().toList();
      driver.destroyForcibly();
      all.forEach(ProcessHandle::destroyForcibly);
    }
    String output = Files.readString(log);

    assertThat(driver.exitValue()).as(output).isZero();
    List<String> scored = output.lines().filter(line -> line.startsWith("scored ")).toList();
    assertThat(scored).as(output).hasSize(ClusterScoring.ROLLOUTS);
    for (int number = 0; number < scored.size(); number++) {
      assertThat(scored.get(number))
          .startsWith(
              number % 3 == 0
                  ? "scored " + number + " 0.0 WA: 0 of 1 tests passed"
                  : "scored " + number + " 1.0 AC: 1 of 1 tests passed");
    }
    assertThat(mostBoxes).as("executors that ran programs").hasSize(ClusterScoring.EXECUTORS);
    assertThat(mostBoxes.values())
        .as("boxes of each: one more starts where all are busy and a slot is free")
        .containsOnly(ClusterScoring.SLOTS);
  }

  private Process driver(Path log) throws IOException {
    // Where Spark's workers look for Spark; what they need is on the class path that they are
    // given.
    Path home = Files.createDirectories(folder.resolve("spark/jars")).getParent();
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                "--add-opens=java.base/sun.security.action=ALL-UNNAMED",
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                ClusterScoring.class.getName(),
                folder.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.start();
  }

  /**
   * The boxes among the children of a process. The driver and its executors start short programs of
   * Hadoop's now and then, too, each a copy of {@code java} until it becomes the program: those
   * have no boxes and are none.
   */
  private static int boxes(ProcessHandle process) {
    return (int)
        process
            .children()
            .map(child -> Path.of(child.info().command().orElse("")).getFileName().toString())
            .filter(name -> name.startsWith("python") || name.equals("bwrap"))
            .count();
  }
}
