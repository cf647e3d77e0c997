package dev.hone.pipeline.run;

import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where everything of a run lies:
 *
 * <pre>
 * runs/NAME/  config.yaml   metrics.jsonl   evaluations.jsonl   report.html
 *             rollouts/stage=STAGE/step=000012/*.parquet   (so too: scored, experience)
 *             tensorboard/STAGE/
 *             checkpoints/STAGE-step-000010/            policy/version-000012/
 * </pre>
 *
 * {@link #open} takes the directory for training, alone, and leaves it as if no process had ever
 * been killed in it; {@link #read} only names its parts.
 */
public final class RunDirectory implements AutoCloseable {

  private static final String CONFIG = "config.yaml";
  private static final int DIFFERENCES_SHOWN = 8;

  private final Path root;
  private final RunLock lock;
  private final boolean resumed;

  private RunDirectory(Path root, RunLock lock, boolean resumed) {
    this.root = root;
    this.lock = lock;
    this.resumed = resumed;
  }

  /**
   * Takes a directory for training: creates it, or goes on in it where it holds the same
   * experiment.
   *
   * @param root the run directory
   * @param config the resolved experiment as YAML
   * @throws InvalidInput where another process trains there, where the directory holds another
   *     experiment (the message names the keys that differ) or something that is no run
   */
  public static RunDirectory open(Path root, String config) {
    try {
      Files.createDirectories(root);
    } catch (IOException e) {
      throw new InvalidInput(
          "cannot create the run directory " + root + ": " + AtomicDirectory.reason(e), e);
    }
    RunLock lock = RunLock.acquire(root.resolve(".lock"));
    try {
      AtomicDirectory.recover(root);
      Path file = root.resolve(CONFIG);
      boolean resumed = Files.exists(file);
      if (resumed) {
        requireSame(root, Files.readString(file), config);
      } else {
        requireEmpty(root);
        AtomicDirectory.publishFile(file, config);
      }
      RunDirectory run = new RunDirectory(root, lock, resumed);
      AtomicDirectory.recover(run.checkpoints());
      AtomicDirectory.recover(run.policies());
      AtomicDirectory.recover(run.rollouts());
      AtomicDirectory.recover(run.tensorboard());
      return run;
    } catch (IOException e) {
      lock.close();
      throw new UncheckedIOException("cannot open " + root + ": " + AtomicDirectory.reason(e), e);
    } catch (RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  /**
   * The run in a directory, to look at and not to train in.
   *
   * @throws InvalidInput where there is none
   */
  public static RunDirectory read(Path root) {
    if (!Files.exists(root.resolve(CONFIG))) {
      throw new InvalidInput(root + " is no run directory: it has no " + CONFIG);
    }
    return new RunDirectory(root, null, true);
  }

  private static void requireSame(Path root, String before, String now) {
    List<ConfigDifference> differences = ConfigDifference.between(before, now);
    if (differences.isEmpty()) {
      return;
    }
    String shown =
        differences.stream()
            .limit(DIFFERENCES_SHOWN)
            .map(ConfigDifference::toString)
            .collect(Collectors.joining("; "));
    int more = differences.size() - DIFFERENCES_SHOWN;
    throw new InvalidInput(
        root
            + " holds a run of another experiment: "
            + shown
            + (more > 0 ? "; and " + more + " more" : "")
            + ". Give this run another name (--set name=...), restore those values to go on, or"
            + " delete the directory to start over");
  }

  private static void requireEmpty(Path root) throws IOException {
    try (Stream<Path> children = Files.list(root)) {
      List<String> others =
          children
              .map(child -> child.getFileName().toString())
              .filter(name -> !name.equals(".lock"))
              .sorted()
              .toList();
      if (!others.isEmpty()) {
        throw new InvalidInput(
            root
                + " holds something that is no run (found "
                + others.get(0)
                + ", no "
                + CONFIG
                + "): choose another output_dir or name");
      }
    }
  }

  /** Whether a run was here before. */
  public boolean resumed() {
    return resumed;
  }

  public Path root() {
    return root;
  }

  /** The resolved experiment. */
  public Path config() {
    return root.resolve(CONFIG);
  }

  public Path metrics() {
    return root.resolve("metrics.jsonl");
  }

  public Path evaluations() {
    return root.resolve("evaluations.jsonl");
  }

  public Path report() {
    return root.resolve("report.html");
  }

  public Path checkpoints() {
    return root.resolve("checkpoints");
  }

  /** The folder of {@link PublishedPolicies}. */
  public Path policies() {
    return root.resolve("policy");
  }

  public Path rollouts() {
    return root.resolve("rollouts");
  }

  /**
   * The rows of one step, a partition of the table that holds all of the run.
   *
   * @param table what the rows are: {@code rollouts}, {@code scored}, {@code experience}
   */
  public Path rows(String table, String stage, long step) {
    return root.resolve(table)
        .resolve("stage=" + stage)
        .resolve(String.format(Locale.ROOT, "step=%06d", step));
  }

  /** The answers to a suite and their judgements, as {@link #rows} has them. */
  public Path evaluationRows(String suite, String stage, long step) {
    return root.resolve("evaluations")
        .resolve("suite=" + suite)
        .resolve("stage=" + stage)
        .resolve(String.format(Locale.ROOT, "step=%06d", step));
  }

  public Path tensorboard() {
    return root.resolve("tensorboard");
  }

  /** A stage's events: TensorBoard shows each stage as a curve of its own. */
  public Path tensorboard(String stage) {
    return tensorboard().resolve(stage);
  }

  /** Lets the next process in. */
  @Override
  public void close() {
    if (lock != null) {
      lock.close();
    }
  }
}
