package dev.hone.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed again and again ends with the same bits as one that is left alone. */
@Tag("slow")
class KilledAndResumedTest {

  /**
   * An instant to kill at.
   *
   * @param folders of the run directory to watch
   * @param sign what newly lies there at that moment
   * @param delay milliseconds after it, at most
   */
  private record Instant(String name, List<String> folders, String sign, int delay) {}

  /** In the order in which a run meets them. */
  private static final List<Instant> INSTANTS =
      List.of(
          new Instant("sft", List.of("checkpoints"), "checkpoints/sft-step-*", 200),
          new Instant("rollout", List.of("rollouts"), "rollouts/stage=grpo/step=*/_temporary", 80),
          new Instant("update", List.of("experience"), "experience/stage=grpo/step=*/_SUCCESS", 40),
          new Instant("publishing", List.of("checkpoints", "policy"), "*/.tmp-*", 2));

  private static final int RUNS = 3;

  @TempDir Path folder;

  @Test
  void runsKilledAtTwelveInstantsEndWithTheSameWeightsAndOptimizerState() throws IOException {
    Files.copy(
        Path.of("src/test/resources/tiny.yaml").toAbsolutePath(), folder.resolve("tiny.yaml"));
    complete("undisturbed");

    Random random = new Random(5);
    Map<String, Integer> killed = new TreeMap<>();
    for (int run = 0; run < RUNS; run++) {
      for (Instant instant : INSTANTS) {
        if (killAt(instant, "killed-" + run, random)) {
          killed.merge(instant.name(), 1, Integer::sum);
        }
      }
      complete("killed-" + run);
      assertThat(digests("killed-" + run)).isEqualTo(digests("undisturbed"));
    }
    assertThat(killed)
        .as("runs killed, by instant")
        .hasSameSizeAs(INSTANTS)
        .allSatisfy((instant, times) -> assertThat(times).isGreaterThanOrEqualTo(2));
  }

  private void complete(String output) {
    try (HoneProcess run = train(output)) {
      assertThat(run.await()).as(run.output()).isZero();
    }
  }

  private HoneProcess train(String output) {
    return HoneProcess.start(folder, "train", "tiny.yaml", "--set", "output_dir=" + output);
  }

  /** Kills a run a random while after something new shows; whether it was still running. */
  private boolean killAt(Instant instant, String output, Random random) {
    Path run = folder.resolve(output).resolve("tiny");
    Set<Path> before = signs(run, instant);
    try (HoneProcess process = train(output)) {
      while (process.running() && before.containsAll(signs(run, instant))) {
        sleep(1);
      }
      sleep(random.nextInt(instant.delay()));
      boolean running = process.running();
      process.kill();
      return running;
    }
  }

  private static Set<Path> signs(Path run, Instant instant) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + instant.sign());
    Set<Path> found = new HashSet<>();
    for (String part : instant.folders()) {
      try (Stream<Path> files = Files.walk(run.resolve(part), 3)) {
        files.filter(file -> matcher.matches(run.relativize(file))).forEach(found::add);
      } catch (IOException | UncheckedIOException e) {
        // Not there yet, or gone while it was being read: look again.
      }
    }
    return found;
  }

  private static void sleep(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Digests of the weights and optimizer states of every checkpoint kept, by place. */
  private Map<String, String> digests(String output) throws IOException {
    Path checkpoints = folder.resolve(output).resolve("tiny/checkpoints").toRealPath();
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(checkpoints)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        digests.put(
            checkpoints.relativize(file).toString(),
            Hashing.sha256().hashBytes(Files.readAllBytes(file)).toString());
      }
    }
    return digests;
  }
}
