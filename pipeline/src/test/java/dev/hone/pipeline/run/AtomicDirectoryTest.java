package dev.hone.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicDirectoryTest {

  @TempDir Path folder;

  @Test
  void nothingIsSeenUntilAllIsWritten() throws IOException {
    Path target = folder.resolve("model");
    AtomicDirectory.publish(
        target,
        aside -> {
          Files.writeString(Files.createDirectory(aside.resolve("trainer")).resolve("a"), "1");
          assertThat(target).doesNotExist();
        });
    assertThat(target.resolve("trainer/a")).hasContent("1");
    assertThat(names()).containsExactly("model");
  }

  @Test
  void aWriterThatFailsLeavesTheOldOne() throws IOException {
    Path target = publish("old");
    assertThatThrownBy(
            () ->
                AtomicDirectory.publish(
                    target,
                    aside -> {
                      Files.writeString(aside.resolve("a"), "half");
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("No space left on device")
        .hasMessageContaining(target.toString());
    assertThat(target.resolve("a")).hasContent("old");
    assertThat(names()).containsExactly("model");
  }

  @Test
  void aProcessKilledBetweenTheTwoRenamesOfAReplacementLeavesTheOldOne() throws IOException {
    Path target = publish("old");
    Files.move(target, folder.resolve(".old-model"));
    Files.writeString(Files.createDirectory(folder.resolve(".tmp-model-1-1")).resolve("a"), "new");
    AtomicDirectory.recover(folder);
    assertThat(target.resolve("a")).hasContent("old");
    assertThat(names()).containsExactly("model");
  }

  @Test
  void aProcessKilledAfterTheReplacementLeavesTheNewOne() throws IOException {
    publish("old");
    Files.move(folder.resolve("model"), folder.resolve(".old-model"));
    Path target = publish("new");
    Files.writeString(Files.createDirectory(folder.resolve(".old-model")).resolve("a"), "old");
    AtomicDirectory.recover(folder);
    assertThat(target.resolve("a")).hasContent("new");
    assertThat(names()).containsExactly("model");
  }

  @Test
  void aFileIsReplacedInOneStep() throws IOException {
    Path file = folder.resolve("report.html");
    AtomicDirectory.publishFile(file, "one");
    AtomicDirectory.publishFile(file, "two");
    assertThat(file).hasContent("two");
    assertThat(names()).containsExactly("report.html");
  }

  private Path publish(String text) {
    Path target = folder.resolve("model");
    AtomicDirectory.publish(target, aside -> Files.writeString(aside.resolve("a"), text));
    return target;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
