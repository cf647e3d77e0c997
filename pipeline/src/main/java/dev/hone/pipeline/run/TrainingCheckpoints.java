package dev.hone.pipeline.run;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The checkpoints of a run: {@code checkpoints/STAGE-step-000010/} with the model's files and
 * {@code trainer/}. Each appears all at once and carries everything needed to go on. {@code best}
 * and {@code last} are links for people; what is best and what is last follows from the checkpoints
 * themselves.
 */
public final class TrainingCheckpoints {

  private static final String STATE = "state.json";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private final Path directory;
  private final int saveTotalLimit;

  /** Writes a checkpoint's files. */
  @FunctionalInterface
  public interface Writer {
    /**
     * @param model where the model and tokenizer go; it exists
     * @param trainer where the optimizer's state goes; it exists
     */
    void write(Path model, Path trainer) throws IOException;
  }

  /**
   * @param directory the run's {@code checkpoints}
   * @param saveTotalLimit how many of the newest are kept; 0 keeps all. The best, and the last of
   *     every finished stage (what the next stage started from), are kept besides
   */
  public TrainingCheckpoints(Path directory, int saveTotalLimit) {
    if (saveTotalLimit < 0) {
      throw new IllegalArgumentException("save_total_limit is " + saveTotalLimit);
    }
    this.directory = directory;
    this.saveTotalLimit = saveTotalLimit;
  }

  /** Publishes a checkpoint, then removes those that need not be kept. */
  public TrainingCheckpoint save(TrainingState state, Writer writer) {
    String name = name(state);
    Path path = directory.resolve(name);
    AtomicDirectory.publish(
        path,
        aside -> {
          Path trainer = Files.createDirectory(aside.resolve("trainer"));
          writer.write(aside, trainer);
          JSON.writeValue(trainer.resolve(STATE).toFile(), state);
        });
    AtomicDirectory.point(directory.resolve("last"), name);
    best().ifPresent(best -> AtomicDirectory.point(directory.resolve("best"), name(best.state())));
    prune();
    return new TrainingCheckpoint(path, state);
  }

  /** The name of a state's checkpoint: {@code grpo-step-000010}. */
  public static String name(TrainingState state) {
    return String.format(Locale.ROOT, "%s-step-%06d", state.stage(), state.step());
  }

  /** Every whole checkpoint, in the order of training. */
  public List<TrainingCheckpoint> all() {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    List<TrainingCheckpoint> found = new ArrayList<>();
    try (Stream<Path> children = Files.list(directory)) {
      for (Path path : (Iterable<Path>) children::iterator) {
        Path state = path.resolve("trainer").resolve(STATE);
        if (!AtomicDirectory.unfinished(path)
            && !Files.isSymbolicLink(path)
            && Files.exists(state)) {
          found.add(new TrainingCheckpoint(path, read(state)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + directory, e);
    }
    found.sort(Comparator.comparing(TrainingCheckpoint::state, TrainingState.ORDER));
    return found;
  }

  /** Where to go on from. */
  public Optional<TrainingCheckpoint> latest() {
    List<TrainingCheckpoint> all = all();
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  /** The last checkpoint of a stage: what the stage after it starts from. */
  public Optional<TrainingCheckpoint> latest(int stageIndex) {
    return all().stream()
        .filter(checkpoint -> checkpoint.state().stageIndex() == stageIndex)
        .reduce((earlier, later) -> later);
  }

  /**
   * The checkpoint with the highest metric, the earliest of equals; empty before any evaluation.
   */
  public Optional<TrainingCheckpoint> best() {
    return best(all());
  }

  private static Optional<TrainingCheckpoint> best(List<TrainingCheckpoint> all) {
    TrainingCheckpoint best = null;
    for (TrainingCheckpoint checkpoint : all) {
      Double metric = checkpoint.state().metric();
      if (metric != null && !metric.isNaN() && (best == null || metric > best.state().metric())) {
        best = checkpoint;
      }
    }
    return Optional.ofNullable(best);
  }

  private void prune() {
    if (saveTotalLimit == 0) {
      return;
    }
    List<TrainingCheckpoint> all = all();
    Set<Path> kept = new HashSet<>();
    best(all).ifPresent(best -> kept.add(best.path()));
    for (int i = 0; i < all.size(); i++) {
      boolean newest = i >= all.size() - saveTotalLimit;
      boolean endOfStage =
          i + 1 < all.size()
              && all.get(i).state().stageIndex() != all.get(i + 1).state().stageIndex();
      if (newest || endOfStage) {
        kept.add(all.get(i).path());
      }
    }
    for (TrainingCheckpoint checkpoint : all) {
      if (!kept.contains(checkpoint.path())) {
        AtomicDirectory.delete(checkpoint.path());
      }
    }
  }

  private static TrainingState read(Path file) throws IOException {
    try {
      return JSON.readValue(file.toFile(), TrainingState.class);
    } catch (JsonMappingException | com.fasterxml.jackson.core.JsonParseException e) {
      throw new InvalidInput(
          file + " is damaged (" + e.getOriginalMessage() + "): delete that checkpoint to go on",
          e);
    }
  }
}
