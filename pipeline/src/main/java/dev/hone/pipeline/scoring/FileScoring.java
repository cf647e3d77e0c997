package dev.hone.pipeline.scoring;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.hone.pipeline.data.RowFiles;
import dev.hone.pipeline.run.AtomicDirectory;
import dev.hone.pipeline.run.Progress;
import dev.hone.pipeline.stage.Stages;
import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Scores the answers of a file and writes every row back, whole and in order, with its judgement.
 * What is written appears all at once, when every row is judged.
 */
public final class FileScoring {

  private static final List<String> OTHER_ENDINGS =
      List.of(".json", ".ndjson", ".csv", ".tsv", ".gz", ".txt");

  private final AnswerReward reward;
  private final AnswerColumns answers;
  private final Stages stages;
  private final ParquetTables parquet;
  private final Progress progress;

  public FileScoring(
      AnswerReward reward,
      AnswerColumns answers,
      Stages stages,
      ParquetTables parquet,
      Progress progress) {
    this.reward = reward;
    this.answers = answers;
    this.stages = stages;
    this.parquet = parquet;
    this.progress = progress;
  }

  /**
   * Stops with one line where the files cannot be what is meant.
   *
   * @throws InvalidInput where there is nothing to read, or something stands where is to be written
   */
  public static void check(Path in, Path out) {
    boolean pattern = in.toString().matches(".*[*?\\[{].*");
    if (!Files.exists(in) && !pattern) {
      throw new InvalidInput(
          "there is no " + in + "; give a JSONL or Parquet file, a folder of them, or a run");
    }
    String name = String.valueOf(out.getFileName());
    if (OTHER_ENDINGS.stream().anyMatch(name::endsWith)) {
      throw new InvalidInput(
          "--out " + out + ": rows are written as .jsonl or .parquet, or into a folder");
    }
    if (isFile(out)) {
      if (Files.isDirectory(out)) {
        throw new InvalidInput("--out " + out + " is a folder; name a file that is not there yet");
      }
    } else if (Files.isRegularFile(out)) {
      throw new InvalidInput(
          "--out "
              + out
              + " is a file; name one that ends in .jsonl or .parquet, or an empty folder");
    } else if (!isEmpty(out)) {
      throw new InvalidInput("--out " + out + " is a folder with something in it; name another");
    }
  }

  /**
   * Scores.
   *
   * @param in JSONL, JSON or Parquet: a file, a folder, a pattern, or the directory of a run
   * @param out the file to write where it ends in {@code .jsonl} or {@code .parquet}, otherwise a
   *     folder, which gets the format of the input
   * @throws InvalidInput where the input as a whole is wrong; then nothing is written
   */
  public ScoreSummary score(Path in, Path out) {
    check(in, out);
    Path rows = rowsOf(in);
    boolean fromParquet = holdsParquet(rows);
    Path target = out.toAbsolutePath().normalize();
    ScoreSummary[] summary = new ScoreSummary[1];
    if (isFile(out)) {
      AtomicDirectory.publishFile(
          target,
          aside -> {
            Path work = Files.createDirectory(aside.resolveSibling(aside.getFileName() + ".work"));
            try {
              ScoredLines lines = new ScoredLines(work, /* several= */ false);
              summary[0] = score(rows, fromParquet, lines);
              Path file = lines.files().get(0);
              if (isParquet(out)) {
                parquet.write(file, lines.columns(), like(rows, fromParquet), aside);
              } else {
                Files.move(file, aside);
              }
            } finally {
              MoreFiles.deleteRecursively(work, RecursiveDeleteOption.ALLOW_INSECURE);
            }
          });
    } else {
      AtomicDirectory.publish(
          target,
          aside -> {
            ScoredLines lines = new ScoredLines(aside, /* several= */ true);
            summary[0] = score(rows, fromParquet, lines);
            if (fromParquet) {
              for (Path part : lines.files()) {
                Path file =
                    aside.resolve(part.getFileName().toString().replaceFirst("jsonl$", "parquet"));
                parquet.write(part, lines.columns(), Optional.of(rows), file);
                Files.delete(part);
              }
            }
          });
    }
    return summary[0];
  }

  private ScoreSummary score(Path rows, boolean fromParquet, ScoredLines lines) throws IOException {
    long started = System.nanoTime();
    try (lines;
        Progress.Task task = progress.start("score", -1, "rows")) {
      AnswerScorer scorer =
          new AnswerScorer(
              reward,
              answers,
              inputs -> stages.judge(inputs, reward.stage()),
              lines::write,
              progress,
              task);
      if (fromParquet) {
        parquet.visit(rows, scorer);
      } else {
        RowFiles.visitJson(rows, scorer);
      }
      scorer.flush();
      ScoreSummary summary = scorer.summary((System.nanoTime() - started) / 1e9);
      if (summary.rows() == 0) {
        throw new InvalidInput(rows + " has no rows");
      }
      return summary;
    }
  }

  private static Optional<Path> like(Path rows, boolean fromParquet) {
    return fromParquet ? Optional.of(rows) : Optional.empty();
  }

  /** The rollouts, where a whole run is named. */
  private static Path rowsOf(Path in) {
    Path rollouts = in.resolve("rollouts");
    return Files.isRegularFile(in.resolve("config.yaml")) && Files.isDirectory(rollouts)
        ? rollouts
        : in;
  }

  private static boolean holdsParquet(Path in) {
    if (!Files.isDirectory(in)) {
      return isParquet(in);
    }
    try (Stream<Path> files = Files.walk(in, 5)) {
      return files.filter(Files::isRegularFile).anyMatch(FileScoring::isParquet);
    } catch (IOException e) {
      throw new InvalidInput("the folder " + in + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean isParquet(Path path) {
    return path.toString().endsWith(".parquet");
  }

  private static boolean isFile(Path out) {
    return isParquet(out) || out.toString().endsWith(".jsonl");
  }

  private static boolean isEmpty(Path folder) {
    if (!Files.isDirectory(folder)) {
      return true;
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.findAny().isEmpty();
    } catch (IOException e) {
      throw new InvalidInput("the folder " + folder + " cannot be read: " + e.getMessage(), e);
    }
  }
}
