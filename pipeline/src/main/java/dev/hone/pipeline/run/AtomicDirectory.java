package dev.hone.pipeline.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Files and directories that appear all at once: written aside under a name beginning {@code
 * .tmp-}, flushed to the disk, renamed. Whatever instant the process dies at, {@link #recover}
 * finds the old one or the new one, whole.
 *
 * <p>Failures to write are {@link UncheckedIOException}s that name the path.
 */
public final class AtomicDirectory {

  private static final String ASIDE = ".tmp-";
  private static final String REPLACED = ".old-";
  private static final AtomicLong COUNTER = new AtomicLong();

  private AtomicDirectory() {}

  /** Fills a directory or file that nobody sees yet. */
  @FunctionalInterface
  public interface Writer {
    /**
     * Writes into {@code aside}: for a directory it exists and is empty, for a file it does not
     * exist.
     */
    void write(Path aside) throws IOException;
  }

  /**
   * Publishes a directory. One that is already there is replaced.
   *
   * @param target where it appears
   * @param writer fills it
   */
  public static void publish(Path target, Writer writer) {
    try {
      Files.createDirectories(target.getParent());
      Path aside = aside(target);
      try {
        Files.createDirectory(aside);
        writer.write(aside);
        syncTree(aside);
      } catch (IOException | RuntimeException | Error e) {
        deleteTree(aside);
        throw e;
      }
      Path replaced = target.resolveSibling(REPLACED + target.getFileName());
      deleteTree(replaced);
      if (Files.exists(target)) {
        // Two renames: between them recover() puts the old one back.
        Files.move(target, replaced, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      sync(target.getParent());
      deleteTree(replaced);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + target + ": " + reason(e), e);
    }
  }

  /**
   * Publishes a file. One that is already there is replaced in one step.
   *
   * @param target where it appears
   * @param writer writes it
   */
  public static void publishFile(Path target, Writer writer) {
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      Path aside = aside(target);
      try {
        writer.write(aside);
        sync(aside);
        Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException | RuntimeException | Error e) {
        Files.deleteIfExists(aside);
        throw e;
      }
      sync(target.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + target + ": " + reason(e), e);
    }
  }

  /** Publishes a text file in UTF-8. */
  public static void publishFile(Path target, String text) {
    publishFile(target, aside -> Files.writeString(aside, text));
  }

  /**
   * Points a symbolic link at another name in the same directory, in one step. Does nothing where
   * the file system has no links.
   */
  static void point(Path link, String name) {
    try {
      Path aside = aside(link);
      Files.createSymbolicLink(aside, Path.of(name));
      Files.move(aside, link, StandardCopyOption.ATOMIC_MOVE);
      sync(link.getParent());
    } catch (UnsupportedOperationException e) {
      // A convenience for people; nothing reads it.
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + link + ": " + reason(e), e);
    }
  }

  /** Removes a directory so that no half of it is ever seen under its name. */
  public static void delete(Path target) {
    try {
      if (Files.exists(target)) {
        Path aside = aside(target);
        Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
        deleteTree(aside);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + target + ": " + reason(e), e);
    }
  }

  /**
   * Clears what a killed process left in {@code parent}: half-written things go, one that was about
   * to be replaced comes back. Call it before anything else writes there.
   */
  public static void recover(Path parent) {
    if (!Files.isDirectory(parent)) {
      return;
    }
    try {
      List<Path> entries;
      try (Stream<Path> children = Files.list(parent)) {
        entries = children.sorted().toList();
      }
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.startsWith(ASIDE)) {
          deleteTree(entry);
        } else if (name.startsWith(REPLACED)) {
          Path target = parent.resolve(name.substring(REPLACED.length()));
          if (Files.exists(target)) {
            deleteTree(entry);
          } else {
            Files.move(entry, target, StandardCopyOption.ATOMIC_MOVE);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot clean " + parent + ": " + reason(e), e);
    }
  }

  /** Whether a name is one of something unfinished. */
  static boolean unfinished(Path path) {
    String name = path.getFileName().toString();
    return name.startsWith(ASIDE) || name.startsWith(REPLACED);
  }

  static String reason(IOException e) {
    String text = e.getMessage();
    return e.getClass().getSimpleName() + (text == null ? "" : " (" + text + ")");
  }

  private static Path aside(Path target) {
    return target.resolveSibling(
        ASIDE
            + target.getFileName()
            + "-"
            + ProcessHandle.current().pid()
            + "-"
            + COUNTER.incrementAndGet());
  }

  private static void syncTree(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path path : (Iterable<Path>) files::iterator) {
        if (!Files.isSymbolicLink(path)) {
          sync(path);
        }
      }
    }
  }

  private static void sync(Path path) throws IOException {
    // Linux flushes a directory's entries through a descriptor opened for reading.
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
