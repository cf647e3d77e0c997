package dev.hone.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The launcher in a process of its own, in a small house where Java and the build are scripts that
 * tell what they were asked.
 */
class LauncherTest {

  private static final Path LAUNCHER = Path.of("..", "hone");

  private record Outcome(int code, String out, String err) {}

  @TempDir private Path folder;
  private Path house;

  @BeforeEach
  void build() throws IOException {
    house = Files.createDirectory(folder.resolve("my house"));
    Files.copy(LAUNCHER, house.resolve("hone"));
    script(
        house.resolve("mvnw"),
        """
        echo "[INFO] building with $*"
        echo built >> builds
        [ ! -e broken ] || { echo "[ERROR] cannot find symbol"; exit 1; }
        touch pipeline/target/hone-pipeline-1.jar
        """);
    java("17.0.15");
    for (String file : new String[] {"pom.xml", "pipeline/pom.xml", "pipeline/src/main/A.java"}) {
      Files.createDirectories(house.resolve(file).getParent());
      Files.createFile(house.resolve(file));
    }
  }

  private void java(String version) throws IOException {
    Path home = Files.createDirectories(folder.resolve("jdk/bin")).getParent();
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    script(home.resolve("bin/java"), "printf '%s\\n' \"$@\"\necho ip=$SPARK_LOCAL_IP\nexit 7\n");
  }

  private static void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Outcome start(Path launcher, Map<String, String> environment, String... arguments)
      throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder process = new ProcessBuilder(launcher.toString());
    process.command().addAll(java.util.List.of(arguments));
    process.directory(folder.toFile());
    process.environment().remove("HONE_JAVA_OPTS");
    process.environment().remove("SPARK_LOCAL_IP");
    process.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    process.environment().putAll(environment);
    Process started = process.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(started.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Outcome(
        started.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  private Outcome start(String... arguments) throws Exception {
    return start(house.resolve("hone"), Map.of(), arguments);
  }

  private long builds() throws IOException {
    return Files.readAllLines(house.resolve("builds")).size();
  }

  @Test
  void itBuildsOnceAndRunsWithTheArgumentsAsGiven() throws Exception {
    Outcome first = start("generate", "--prompt", "two words; $HOME *");
    Outcome second = start("--help");

    assertThat(first.code()).isEqualTo(7);
    assertThat(first.out().lines())
        .containsSubsequence(
            "@" + house + "/pipeline/src/main/dist/conf/jvm.options",
            "-cp",
            "dev.hone.pipeline.cli.Hone",
            "generate",
            "--prompt",
            "two words; $HOME *",
            "ip=127.0.0.1")
        .doesNotContain("-Dhone.stdout.tty=true");
    assertThat(first.err()).startsWith("Building Hone; the first time").contains("Built in ");
    assertThat(second.err()).isEmpty();
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void itBuildsAgainWhenASourceIsNewer() throws Exception {
    start();
    Files.setLastModifiedTime(
        house.resolve("pipeline/src/main/A.java"), FileTime.from(Instant.now().plusSeconds(5)));

    assertThat(start().err()).contains("its sources have changed");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void aBuildThatFailsShowsWhyAndIsTriedAgain() throws Exception {
    Files.createFile(house.resolve("broken"));

    Outcome failed = start();
    Files.delete(house.resolve("broken"));

    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err())
        .contains("[ERROR] cannot find symbol", "error: the build failed", "build.log");
    assertThat(start().code()).isEqualTo(7);
  }

  @Test
  void itWorksThroughASymbolicLinkFromAnywhere() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("linked"), Path.of("my house", "hone"));

    assertThat(start(link, Map.of()).out()).contains("@" + house + "/pipeline/src/main/dist");
  }

  @Test
  void optionsOfTheUserComeLastAndSoWin() throws Exception {
    Outcome outcome =
        start(house.resolve("hone"), Map.of("HONE_JAVA_OPTS", "-Xmx8g -Dx=y"), "--help");

    assertThat(outcome.out().lines())
        .containsSubsequence(
            "@" + house + "/pipeline/src/main/dist/conf/jvm.options", "-Xmx8g", "-Dx=y", "-cp");
  }

  @Test
  void newerJavaGetsTheOptionsThatOnlyItKnows() throws Exception {
    assertThat(start().out()).contains("jvm-17.options").doesNotContain("jvm-24.options");
    java("25.0.1");
    assertThat(start().out()).contains("jvm-24.options").doesNotContain("jvm-17.options");
  }

  @Test
  void javaThatIsTooOldOrMissingIsOneLineAndExitCode2() throws Exception {
    java("11.0.2");
    Outcome old = start();
    Outcome missing = start(house.resolve("hone"), Map.of("JAVA_HOME", "/no/such/java"));

    assertThat(old.code()).isEqualTo(2);
    assertThat(old.err().lines()).singleElement().asString().contains("is Java 11", "17 or newer");
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err().lines())
        .singleElement()
        .asString()
        .startsWith("error: no Java found (JAVA_HOME is /no/such/java)");
  }
}
