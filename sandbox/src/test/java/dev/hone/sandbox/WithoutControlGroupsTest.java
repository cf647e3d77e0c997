package dev.hone.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Machines without control groups: resource limits and a watchdog bound a run all the same. */
class WithoutControlGroupsTest {

  private static Sandbox sandbox;

  @BeforeAll
  static void start() {
    sandbox = TestSandboxes.withoutControlGroups();
  }

  @AfterAll
  static void stop() {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private static Execution python(String source, Limits limits) {
    return sandbox.run(Program.of(Language.PYTHON, source), Input.none(), limits);
  }

  @Test
  void theResultSaysSo() {
    Execution execution = python("print(1)", Limits.standard());
    assertThat(execution.isolation().cgroup()).isEqualTo("none");
    assertThat(execution.stdoutText()).isEqualTo("1\n");
    assertThat(execution.memoryBytes()).isPositive();
  }

  @Test
  void memoryOfOneProcessIsBounded() {
    String source = "x = bytearray(2 << 30)\nfor i in range(0, len(x), 4096): x[i] = 1\n";
    assertThat(python(source, Limits.standard()).limit()).contains(Limit.MEMORY);
    assertThat(python("x = bytearray(1 << 60)", Limits.standard()).limit()).contains(Limit.MEMORY);
  }

  @Test
  void memoryOfManyProcessesIsWatched() {
    String source =
        "import os, time\nfor _ in range(8):\n  if os.fork() == 0:\n"
            + "    x = bytearray(120 << 20)\n    for i in range(0, len(x), 4096): x[i] = 1\n"
            + "    time.sleep(60)\ntime.sleep(60)\n";
    assertThat(python(source, Limits.standard()).limit()).contains(Limit.MEMORY);
  }

  @Test
  void cpuOfManyProcessesIsWatched() {
    Limits limits = Limits.standard().withTime(Duration.ofMillis(600), Duration.ofSeconds(20));
    Execution execution =
        python("import os\nfor _ in range(3): os.fork()\nwhile True: pass\n", limits);
    assertThat(execution.limit()).contains(Limit.CPU);
    assertThat(execution.survivors()).isZero();
  }

  @Test
  void threadsHaveTheirStacks() {
    Execution execution =
        python(
            "import threading, time\nts = [threading.Thread(target=time.sleep, args=(0.1,)) for _ in"
                + " range(40)]\n[t.start() for t in ts]\n[t.join() for t in ts]\nprint(len(ts))",
            Limits.standard());
    assertThat(execution.stdoutText()).isEqualTo("40\n");
  }

  @Test
  void virtualMachinesRun() {
    Execution java =
        sandbox.run(
            Program.of(
                Language.JAVA,
                "class A { public static void main(String[] a) { System.out.println(7); } }"),
            Input.none(),
            Limits.standard());
    assertThat(java.stdoutText()).as(java.stderrText() + java.message()).isEqualTo("7\n");
    Execution node =
        sandbox.run(
            Program.of(Language.JAVASCRIPT, "console.log(7)"), Input.none(), Limits.standard());
    assertThat(node.stdoutText()).as(node.stderrText()).isEqualTo("7\n");
  }
}
