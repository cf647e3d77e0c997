package dev.hone.pipeline.data;

import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the files that a dataset's {@code path} names. */
final class DataFiles {

  private static final List<String> JSON_ENDINGS =
      List.of(".jsonl", ".json", ".ndjson", ".jsonl.gz", ".json.gz", ".ndjson.gz");

  private DataFiles() {}

  /** The path itself, relative ones under the experiment's {@code data} where that is a folder. */
  static Path resolve(String path, Optional<Path> data) {
    Path given = Path.of(path);
    return data.filter(Files::isDirectory).map(folder -> folder.resolve(given)).orElse(given);
  }

  static boolean isParquet(Path path) {
    if (Files.isDirectory(path)) {
      return list(path).anyMatch(file -> ending(file).endsWith(".parquet"));
    }
    return ending(path).endsWith(".parquet");
  }

  /** The JSON files of a file, a folder or a pattern such as {@code data/*.jsonl}, sorted. */
  static List<Path> jsonFiles(Path path) {
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    List<Path> files;
    if (Files.isDirectory(path)) {
      files = list(path).filter(DataFiles::isJson).toList();
      if (files.isEmpty()) {
        throw new InvalidInput(
            "the folder " + path + " holds no data file; files end in " + JSON_ENDINGS);
      }
      return files;
    }
    String name = path.getFileName() == null ? "" : path.getFileName().toString();
    Path folder = path.getParent() == null ? Path.of(".") : path.getParent();
    if (name.matches(".*[*?\\[{].*") && Files.isDirectory(folder)) {
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + name);
      files = list(folder).filter(file -> matcher.matches(file.getFileName())).toList();
      if (!files.isEmpty()) {
        return files;
      }
    }
    throw new InvalidInput(
        "there is no data at "
            + path.toAbsolutePath().normalize()
            + "; set the dataset's 'path', or the experiment's 'data' that it is read from");
  }

  private static boolean isJson(Path file) {
    return JSON_ENDINGS.stream().anyMatch(ending(file)::endsWith);
  }

  private static String ending(Path file) {
    return file.getFileName() == null ? "" : file.getFileName().toString().toLowerCase(Locale.ROOT);
  }

  private static Stream<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList().stream();
    } catch (IOException e) {
      throw new InvalidInput("the folder " + folder + " cannot be read: " + e.getMessage(), e);
    }
  }
}
