package dev.hone.pipeline.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The weights that rollout jobs read: {@code policy/version-000012/}, one checkpoint directory a
 * policy version, without optimizer. The last two stay, so that a task that started before a new
 * version appeared can still load its own.
 */
public final class PublishedPolicies {

  private static final int KEPT = 2;
  private static final Pattern NAME = Pattern.compile("version-(\\d{6,18})");

  private final Path directory;

  /**
   * @param directory the run's {@code policy}
   */
  public PublishedPolicies(Path directory) {
    this.directory = directory;
  }

  /**
   * Publishes a version and removes those older than the last two.
   *
   * @param version optimizer steps behind the weights
   * @param writer writes a checkpoint directory
   * @return where it lies
   */
  public Path publish(long version, AtomicDirectory.Writer writer) {
    Path path = path(version);
    AtomicDirectory.publish(path, writer);
    NavigableMap<Long, Path> versions = versions();
    versions.headMap(version, true).descendingMap().values().stream()
        .skip(KEPT)
        .forEach(AtomicDirectory::delete);
    return path;
  }

  /** Where a version lies once it is published. */
  public Path path(long version) {
    return directory.resolve(String.format(Locale.ROOT, "version-%06d", version));
  }

  /** Forgets every version after this one: a run that goes on from a checkpoint makes them anew. */
  public void keepThrough(long version) {
    for (Map.Entry<Long, Path> entry : versions().tailMap(version, false).entrySet()) {
      AtomicDirectory.delete(entry.getValue());
    }
  }

  NavigableMap<Long, Path> versions() {
    NavigableMap<Long, Path> versions = new TreeMap<>();
    if (!Files.isDirectory(directory)) {
      return versions;
    }
    try (Stream<Path> children = Files.list(directory)) {
      for (Path path : (Iterable<Path>) children::iterator) {
        Matcher name = NAME.matcher(path.getFileName().toString());
        if (name.matches()) {
          versions.put(Long.valueOf(name.group(1)), path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + directory, e);
    }
    return versions;
  }
}
