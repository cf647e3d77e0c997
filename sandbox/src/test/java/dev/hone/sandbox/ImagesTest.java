package dev.hone.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.sandbox.SandboxSettings.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code sandbox.images}: interpreters and packages of the user's own, inside the box. */
class ImagesTest {

  private static final String PYTHON = "import greeting\nprint(greeting.of('box'))\n";
  private static final String GREETING = "def of(name):\n    return 'hello ' + name\n";

  /** Not in /tmp, which a program has for itself. */
  private Path folder;

  @BeforeAll
  static void needsIsolation() {
    TestSandboxes.isolated().close();
  }

  @BeforeEach
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "images-");
    // A new folder is its owner's alone, and a box runs as somebody else.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    try {
      run(Language.PYTHON, mounting(folder), "pass");
    } catch (SandboxUnavailable e) {
      System.out.println("skipped: " + e.getMessage());
      Assumptions.abort(e.getMessage());
    }
  }

  @AfterEach
  void removeFolder() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static Image mounting(Path folder) {
    return new Image(Optional.empty(), List.of(), List.of(), List.of(folder.toString()));
  }

  private static Execution run(Language language, Image image, String source) {
    SandboxSettings standard = SandboxSettings.standard();
    SandboxSettings settings =
        new SandboxSettings(
            standard.isolation(),
            1,
            standard.limits(),
            standard.compilerLimits(),
            Map.of(language, image));
    try (Sandbox sandbox = new Sandbox(settings)) {
      return sandbox.run(Program.of(language, source), Input.none(), standard.limits());
    }
  }

  private static Image ofTheMachine() {
    return new Image(Optional.empty(), List.of(), List.of(), List.of());
  }

  private Path virtualEnvironment() throws IOException, InterruptedException {
    Path environment = folder.resolve("science");
    Process venv =
        new ProcessBuilder(
                Toolchain.find(Language.PYTHON, ofTheMachine()).orElseThrow().program().toString(),
                "-m",
                "venv",
                "--without-pip",
                environment.toString())
            .inheritIO()
            .start();
    Assumptions.assumeTrue(venv.waitFor() == 0, "skipped: this python3 makes no environments");
    return environment;
  }

  private static void write(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static Path sitePackages(Path environment) throws IOException {
    try (Stream<Path> all = Files.walk(environment.resolve("lib"))) {
      return all.filter(path -> path.endsWith("site-packages")).findFirst().orElseThrow();
    }
  }

  @Test
  void aProgramImportsWhatItsInterpreterBrings() throws Exception {
    Path environment = virtualEnvironment();
    write(sitePackages(environment).resolve("greeting/__init__.py"), GREETING);
    String interpreter = environment.resolve("bin/python3").toString();
    Image image = new Image(Optional.of(interpreter), List.of(), List.of(), List.of());

    Execution execution = run(Language.PYTHON, image, PYTHON + "import sys; print(sys.prefix)\n");

    assertThat(execution.stdoutText())
        .as(() -> execution.message() + execution.stderrText())
        .isEqualTo("hello box\n" + environment + "\n");
  }

  @Test
  void aProgramImportsWhatLiesInItsPackages() throws IOException {
    write(folder.resolve("extra/greeting.py"), GREETING);
    List<String> packages = List.of(folder.resolve("extra").toString());
    Image image = new Image(Optional.empty(), List.of(), packages, List.of());

    assertThat(run(Language.PYTHON, image, PYTHON).stdoutText()).isEqualTo("hello box\n");
  }

  @Test
  void withoutThemItFindsNeither() {
    Execution execution = run(Language.PYTHON, ofTheMachine(), PYTHON);

    assertThat(execution.exitCode()).isEqualTo(1);
    assertThat(execution.stderrText())
        .endsWith("ModuleNotFoundError: No module named 'greeting'\n");
  }

  @Test
  void javaScriptRequiresWhatLiesInItsPackages() throws IOException {
    write(folder.resolve("extra/greeting.js"), "exports.of = name => 'hello ' + name;\n");
    List<String> packages = List.of(folder.resolve("extra").toString());
    Image image = new Image(Optional.empty(), List.of(), packages, List.of());
    String source = "console.log(require('greeting').of('box'))";

    assertThat(run(Language.JAVASCRIPT, image, source).stdoutText()).isEqualTo("hello box\n");
    assertThat(run(Language.JAVASCRIPT, ofTheMachine(), source).stderrText())
        .contains("Cannot find module 'greeting'");
  }

  @Test
  void whatItReadsCannotBeWritten() throws IOException {
    write(folder.resolve("extra/greeting.py"), GREETING);
    Files.setPosixFilePermissions(
        folder.resolve("extra/greeting.py"), PosixFilePermissions.fromString("rw-rw-rw-"));
    String extra = folder.resolve("extra").toString();
    Image image = new Image(Optional.empty(), List.of(), List.of(extra), List.of());

    Execution execution =
        run(Language.PYTHON, image, "open('" + extra + "/greeting.py', 'a').write('#')\n");

    assertThat(execution.stderrText()).contains("Read-only file system");
    assertThat(folder.resolve("extra/greeting.py")).hasContent(GREETING);
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    String nowhere = folder.resolve("nowhere").toString();
    Image image = new Image(Optional.empty(), List.of(), List.of(nowhere), List.of());

    assertThatThrownBy(() -> run(Language.PYTHON, image, PYTHON))
        .isInstanceOf(SandboxUnavailable.class)
        .hasMessageContaining(nowhere)
        .hasMessageContaining("sandbox.images.python");
  }

  @Test
  void aFolderThatProgramsHaveForThemselvesIsNamed() {
    Path temporary = Path.of("/tmp/science");
    assertThatThrownBy(() -> run(Language.PYTHON, mounting(temporary), PYTHON))
        .isInstanceOf(SandboxUnavailable.class)
        .hasMessageContaining("/tmp/science")
        .hasMessageContaining("keep it elsewhere");
  }

  /** Root's boxes run as somebody else; anyone else's as himself, to whom his folders are open. */
  @Test
  void aFolderThatTheBoxMayNotReadIsNamed() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    Path extra = Files.createDirectory(closed.resolve("extra"));
    write(extra.resolve("greeting.py"), GREETING);
    Image image = new Image(Optional.empty(), List.of(), List.of(extra.toString()), List.of());

    if (Box.ownUser() == 0) {
      assertThatThrownBy(() -> run(Language.PYTHON, image, PYTHON))
          .isInstanceOf(SandboxUnavailable.class)
          .hasMessageContaining(extra.toString())
          .hasMessageContaining("chmod o+rx " + closed);
    } else {
      assertThat(run(Language.PYTHON, image, PYTHON).stdoutText()).isEqualTo("hello box\n");
    }
  }
}
