package dev.hone.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.sandbox.Execution.Outcome;
import dev.hone.sandbox.SandboxSettings.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SandboxTest {

  private static final Limits LIMITS = Limits.standard();
  private static final Map<Language, String> DOUBLE =
      Map.of(
          Language.PYTHON,
          "print(int(input()) * 2)",
          Language.C,
          "#include <stdio.h>\nint main(){long n; scanf(\"%ld\",&n); printf(\"%ld\\n\",2*n);}",
          Language.CPP,
          "#include <iostream>\nint main(){long n; std::cin>>n; std::cout<<2*n<<\"\\n\";}",
          Language.JAVA,
          "import java.util.*; public class Twice { public static void main(String[] a) {"
              + " System.out.println(2 * new Scanner(System.in).nextLong()); } }",
          Language.JAVASCRIPT,
          "console.log(2 * Number(require('fs').readFileSync(0, 'utf8')))");
  private static final Map<Language, String> BROKEN =
      Map.of(
          Language.PYTHON, "def f(:\n",
          Language.C, "int main( {",
          Language.CPP, "int main() { return nothing; }",
          Language.JAVA, "class Main { void f() { int x = \"s\"; } }");

  private static Sandbox sandbox;

  @BeforeAll
  static void start() {
    sandbox = TestSandboxes.isolated();
  }

  @AfterAll
  static void stop() throws IOException, InterruptedException {
    if (sandbox != null) {
      sandbox.close();
      TestSandboxes.assertNothingLeft();
    }
  }

  private static Execution python(String source) {
    return sandbox.run(Program.of(Language.PYTHON, source), Input.none(), LIMITS);
  }

  @ParameterizedTest
  @EnumSource
  void everyLanguageReadsItsInputAndAnswers(Language language) {
    Program program = Program.of(language, DOUBLE.get(language));
    for (long number : List.of(21L, -4L)) {
      Execution execution = sandbox.run(program, Input.of(number + "\n"), LIMITS);
      assertThat(execution.stdoutText())
          .as(() -> execution.message() + execution.stderrText())
          .isEqualTo(2 * number + "\n");
      assertThat(execution.succeeded()).isTrue();
      assertThat(execution.cpu()).isPositive();
      assertThat(execution.memoryBytes()).isBetween(100_000L, 500_000_000L);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JAVASCRIPT")
  void whatDoesNotCompileSaysWhy(Language language) {
    Execution execution =
        sandbox.run(Program.of(language, BROKEN.get(language)), Input.none(), LIMITS);
    assertThat(execution.outcome()).isEqualTo(Outcome.NOT_COMPILED);
    assertThat(execution.message()).contains("1").doesNotContain("/tmp", "/root");
  }

  @Test
  void noMoreBoxesStartThanProgramsRunAtATime() throws InterruptedException {
    Set<ProcessHandle> others = ProcessHandle.current().children().collect(Collectors.toSet());
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Sandbox busy = TestSandboxes.isolated(2)) {
      threads.invokeAll(
          Collections.nCopies(
              200, () -> busy.run(Program.of(Language.PYTHON, "pass"), Input.none(), LIMITS)));
      // A box that has run stays for the next program, so those started are still there.
      assertThat(ProcessHandle.current().children().filter(child -> !others.contains(child)))
          .hasSizeBetween(1, 2);
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void theResultNamesWhatWasInForce() {
    Isolation isolation = python("pass").isolation();
    assertThat(isolation.boundary()).isEqualTo("bubblewrap");
    assertThat(isolation.seccomp()).isTrue();
    assertThat(isolation.hostUser()).as("never root outside").isNotZero();
    assertThat(isolation.cgroup()).isIn("v1", "v2", "none");
  }

  @Test
  void exitCodesAndSignalsAreTheProgramsOwn() {
    assertThat(python("import sys; sys.exit(7)"))
        .returns(Outcome.EXITED, Execution::outcome)
        .returns(7, Execution::exitCode);
    assertThat(python("import os; os.kill(os.getpid(), 15)"))
        .returns(Outcome.SIGNALLED, Execution::outcome)
        .returns(15, Execution::signal);
    assertThat(
            sandbox.run(
                Program.of(Language.C, "#include <stdlib.h>\nint main(){abort();}"),
                Input.none(),
                LIMITS))
        .returns(6, Execution::signal);
    assertThat(python("raise ValueError('no')").stderrText())
        .startsWith("Traceback (most recent call last):\n  File \"main.py\", line 1")
        .endsWith("ValueError: no\n");
  }

  @Nested
  class Limited {

    @Test
    void timeOfTheProcessor() {
      Limits short_ = LIMITS.withTime(Duration.ofMillis(300), Duration.ofSeconds(20));
      Execution execution =
          sandbox.run(Program.of(Language.PYTHON, "while True: pass"), Input.none(), short_);
      assertThat(execution.limit()).contains(Limit.CPU);
      assertThat(execution.cpu()).isBetween(Duration.ofMillis(300), Duration.ofSeconds(2));
    }

    @Test
    void timeOfTheProcessorOfAllProcesses() {
      Limits short_ = LIMITS.withTime(Duration.ofMillis(600), Duration.ofSeconds(20));
      String source = "import os\nfor _ in range(3): os.fork()\nwhile True: pass\n"; // 8 processes
      Execution execution = sandbox.run(Program.of(Language.PYTHON, source), Input.none(), short_);
      assertThat(execution.limit()).contains(Limit.CPU);
      assertThat(execution.killed()).isEqualTo(8);
      assertThat(execution.survivors()).isZero();
    }

    @Test
    void timeOnTheClock() {
      Limits short_ = LIMITS.withTime(Duration.ofSeconds(3), Duration.ofMillis(300));
      Execution execution =
          sandbox.run(
              Program.of(Language.PYTHON, "import time; time.sleep(60)"), Input.none(), short_);
      assertThat(execution.limit()).contains(Limit.WALL);
      assertThat(execution.wall()).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void memoryOfOneProcess() {
      assertThat(python("x = bytearray(2 << 30)\nfor i in range(0, len(x), 4096): x[i] = 1"))
          .returns(Optional.of(Limit.MEMORY), Execution::limit);
      assertThat(python("x = bytearray(1 << 60)"))
          .returns(Optional.of(Limit.MEMORY), Execution::limit);
    }

    @Test
    void memoryOfManyProcesses() {
      String source =
          "import os, time\nfor _ in range(8):\n  if os.fork() == 0:\n"
              + "    x = bytearray(120 << 20)\n    for i in range(0, len(x), 4096): x[i] = 1\n"
              + "    time.sleep(60)\ntime.sleep(60)\n";
      assertThat(python(source).limit()).contains(Limit.MEMORY);
    }

    @Test
    void outputWhileItIsRead() {
      Execution execution = python("while True: print('x' * 1000)");
      assertThat(execution.limit()).contains(Limit.OUTPUT);
      assertThat(execution.stdout()).hasSize((int) LIMITS.outputBytes());
    }

    @Test
    void outputUpToTheLimitIsWhole() {
      Limits exact = LIMITS.withOutput(100_000);
      Program program = Program.of(Language.PYTHON, "print('x' * 99_999)");
      assertThat(sandbox.run(program, Input.none(), exact))
          .returns(true, Execution::succeeded)
          .returns(100_000, execution -> execution.stdout().length);
      Program longer = Program.of(Language.PYTHON, "print('x' * 100_000)");
      assertThat(sandbox.run(longer, Input.none(), exact).limit()).contains(Limit.OUTPUT);
    }

    @Test
    void processes() {
      Execution execution =
          python(
              "import os, time\nn = 0\ntry:\n  while True:\n    if os.fork() == 0: time.sleep(9)\n"
                  + "    n += 1\nexcept OSError: print(n)\n");
      int children = Integer.parseInt(execution.stdoutText().strip());
      assertThat(children).isBetween(30, 64);
      assertThat(execution.killed()).isEqualTo(children);
      assertThat(execution.survivors()).isZero();
    }

    @Test
    void diskAndFilesInIt() {
      Execution execution =
          python(
              "import os\nn = 0\ntry:\n  for k in range(100):\n"
                  + "    with open(str(k), 'wb') as f:\n      f.write(bytes(1 << 20)); n += 1\n"
                  + "except OSError as e: print(n, e.errno)\n"
                  + "try:\n  os.truncate('0', 1 << 40)\nexcept OSError as e: print(e.errno)\n");
      assertThat(execution.stdoutText()).matches("6[34] 28\n27\n"); // ENOSPC, EFBIG
    }
  }

  @Nested
  class Honest {

    @Test
    void aProgramIsAProcessLikeAnyOther() {
      // Forked without Python's hooks: what they would have set right must be right.
      assertThat(
              python(
                      "import ctypes, os, threading\naddress = ctypes.c_void_p()\n"
                          + "libc = ctypes.CDLL(None)\n"
                          + "libc.prctl(40, ctypes.byref(address), 0, 0, 0)\n" // PR_GET_TID_ADDRESS
                          + "numbers = {os.getpid(), threading.get_native_id(),"
                          + " threading.main_thread().native_id}\n"
                          + "if address.value: numbers.add(ctypes.c_int.from_address(address.value).value)\n"
                          + "print(numbers)")
                  .stdoutText())
          .isEqualTo("{2}\n");
    }

    @Test
    void everyRunDrawsItsOwnRandomNumbers() {
      assertThat(
              Stream.generate(() -> python("import random\nprint(random.getrandbits(64))"))
                  .limit(4)
                  .map(Execution::stdoutText)
                  .distinct())
          .hasSize(4);
    }

    @Test
    void deepRecursion() {
      assertThat(
              python(
                      "import sys\nsys.setrecursionlimit(200_000)\n"
                          + "def f(n): return 0 if n == 0 else 1 + f(n - 1)\nprint(f(100_000))")
                  .stdoutText())
          .isEqualTo("100000\n");
    }

    @Test
    void threadsAndProcessPools() {
      assertThat(
              python(
                      "from concurrent.futures import ThreadPoolExecutor\nimport multiprocessing\n"
                          + "def f(x): return x * x\nif __name__ == '__main__':\n"
                          + "  with ThreadPoolExecutor(8) as p: print(sum(p.map(f, range(100))))\n"
                          + "  with multiprocessing.get_context('fork').Pool(2) as p:"
                          + " print(p.map(f, [1, 2, 3]))\n")
                  .stdoutText())
          .isEqualTo("328350\n[1, 4, 9]\n");
    }

    @Test
    void exitHandlersAndThreadsFinishBeforeTheEnd() {
      assertThat(
              python(
                      "import atexit, threading, time\natexit.register(print, 'last')\n"
                          + "def late(): time.sleep(0.1); print('thread')\n"
                          + "threading.Thread(target=late).start()\nprint('main')")
                  .stdoutText())
          .isEqualTo("main\nthread\nlast\n");
    }

    @Test
    void unicodeAndBytes() {
      Execution execution =
          sandbox.run(
              Program.of(
                  Language.PYTHON,
                  "import sys\nprint(input()[::-1])\nsys.stdout.flush()\n"
                      + "sys.stdout.buffer.write(bytes(range(256)))"),
              Input.of("größe 数字 🙂\n"),
              LIMITS);
      byte[] line = "🙂 字数 eßörg\n".getBytes(StandardCharsets.UTF_8);
      assertThat(Arrays.copyOf(execution.stdout(), line.length)).isEqualTo(line);
      assertThat(execution.stdout()).hasSize(line.length + 256);
    }

    @Test
    void largeInput() {
      String lines = "12345678\n".repeat(500_000);
      Execution execution =
          sandbox.run(
              Program.of(Language.PYTHON, "import sys\nprint(sum(map(int, sys.stdin)))"),
              Input.of(lines),
              LIMITS);
      assertThat(execution.stdoutText()).isEqualTo(12345678L * 500_000 + "\n");
    }

    @Test
    void inputThatNobodyReads() {
      Execution execution =
          sandbox.run(
              Program.of(Language.PYTHON, "print('done')"),
              Input.of("x".repeat(3_000_000)),
              LIMITS);
      assertThat(execution.stdoutText()).isEqualTo("done\n");
    }

    @Test
    void argumentsAndFilesBesideTheProgram() {
      Program program =
          Program.of(Language.PYTHON, "import sys, part\nprint(part.NAME, sys.argv[1:])")
              .with("part.py", "NAME = 'part'".getBytes(StandardCharsets.UTF_8));
      Input input = new Input(new byte[0], List.of("a b", "c"));
      assertThat(sandbox.run(program, input, LIMITS).stdoutText()).isEqualTo("part ['a b', 'c']\n");
    }
  }

  @Test
  void linesAreExchangedWithARunningProgram() throws Slot.NotStarted {
    Program echo =
        Program.of(
            Language.PYTHON,
            "import os\nlines = os.fdopen(3)\nout = os.fdopen(4, 'w', buffering=1)\n"
                + "for line in lines: print(line.upper(), end='', file=out)\n");
    try (Slot slot = sandbox.slot();
        Session session = slot.open(echo, LIMITS)) {
      for (String word : List.of("one", "two")) {
        session.send(word);
        assertThat(session.receive()).contains(word.toUpperCase());
      }
      session.kill();
      assertThat(session.receive()).isEmpty();
    }
  }

  @Test
  void aMissingInterpreterIsNamed() {
    Image nowhere = new Image(Optional.of("/no/such/node"), List.of(), List.of(), List.of());
    SandboxSettings standard = SandboxSettings.standard();
    SandboxSettings settings =
        new SandboxSettings(
            standard.isolation(),
            1,
            standard.limits(),
            standard.compilerLimits(),
            Map.of(Language.JAVASCRIPT, nowhere));
    try (Sandbox other = new Sandbox(settings)) {
      assertThatThrownBy(
              () -> other.run(Program.of(Language.JAVASCRIPT, "1"), Input.none(), LIMITS))
          .isInstanceOf(SandboxUnavailable.class)
          .hasMessageContaining("/no/such/node")
          .hasMessageContaining("sandbox.images.javascript");
    }
  }
}
