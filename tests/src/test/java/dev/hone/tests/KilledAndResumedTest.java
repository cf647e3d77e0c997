package dev.hone.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed again and again ends with the same bits as one that is left alone. */
@Tag("slow")
class KilledAndResumedTest {

  /** Where to kill: what lies in the run directory at that moment. Each is met three times. */
  private static final Map<String, String> INSTANTS =
      Map.of(
          "sft", "checkpoints/sft-step-*",
          "rollout", "rollouts/stage=grpo/step=*/_temporary",
          "update", "experience/stage=grpo/step=*/_SUCCESS",
          "publishing", "{checkpoints,policy}/.tmp-*");

  private static final int TIMES = 3;

  @TempDir Path folder;

  @Test
  void aRunKilledAtTwelveInstantsEndsWithTheSameWeightsAndOptimizerState() throws IOException {
    Files.copy(
        Path.of("src/test/resources/tiny.yaml").toAbsolutePath(), folder.resolve("tiny.yaml"));
    try (HoneProcess undisturbed = train("undisturbed")) {
      assertThat(undisturbed.await()).as(undisturbed.output()).isZero();
    }

    Random random = new Random(5);
    int killed = 0;
    for (int time = 0; time < TIMES; time++) {
      for (Map.Entry<String, String> instant : new TreeMap<>(INSTANTS).entrySet()) {
        killed += killAt(instant.getValue(), random) ? 1 : 0;
      }
    }
    try (HoneProcess last = train("killed")) {
      assertThat(last.await()).as(last.output()).isZero();
    }

    assertThat(killed).as("runs killed before their end").isGreaterThanOrEqualTo(8);
    assertThat(digests("killed")).isEqualTo(digests("undisturbed"));
  }

  private HoneProcess train(String output) {
    return HoneProcess.start(folder, "train", "tiny.yaml", "--set", "output_dir=" + output);
  }

  /** Kills a run a random while after something new matches; whether it was still running. */
  private boolean killAt(String pattern, Random random) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    List<Path> before = matches(matcher);
    try (HoneProcess run = train("killed")) {
      waitFor(() -> !run.running() || !before.containsAll(matches(matcher)));
      boolean running = run.running();
      sleep(random.nextInt(120));
      run.kill();
      return running;
    }
  }

  private List<Path> matches(PathMatcher matcher) {
    Path run = folder.resolve("killed/tiny");
    try (Stream<Path> files = Files.walk(run, 4)) {
      return files.filter(file -> matcher.matches(run.relativize(file))).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException | UncheckedIOException e) {
      // A folder went away while it was being read: look again.
      return List.of();
    }
  }

  private static void waitFor(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      sleep(1);
    }
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
