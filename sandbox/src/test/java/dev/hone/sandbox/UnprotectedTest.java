package dev.hone.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.sandbox.SandboxSettings.IsolationMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code sandbox.isolation: none}: limits and tidying up, without protection. */
class UnprotectedTest {

  private static Sandbox sandbox;

  @BeforeAll
  static void start() {
    sandbox = new Sandbox(SandboxSettings.standard().withIsolation(IsolationMode.NONE));
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    sandbox.close();
    TestSandboxes.assertNothingLeft();
  }

  private static Execution python(String source) {
    return sandbox.run(Program.of(Language.PYTHON, source), Input.none(), Limits.standard());
  }

  @Test
  void theResultSaysThatNothingProtected() {
    Execution execution = python("print('ran')");
    assertThat(execution.stdoutText()).isEqualTo("ran\n");
    assertThat(execution.isolation().isolated()).isFalse();
    assertThat(execution.isolation().toString()).startsWith("none");
  }

  @Test
  void daemonsAreFoundAndKilled() {
    Execution execution =
        python(
            "import os, time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0:"
                + " time.sleep(100)\n  os._exit(0)\ntime.sleep(0.2)");
    assertThat(execution.killed()).isEqualTo(1);
    assertThat(execution.survivors()).isZero();
  }

  @Test
  void itsFolderGoesWithIt() {
    Execution execution = python("import os\nopen('left', 'w').write('x')\nprint(os.getcwd())");
    assertThat(Files.exists(Path.of(execution.stdoutText().strip()))).isFalse();
    assertThat(execution.leftovers()).isZero();
  }
}
