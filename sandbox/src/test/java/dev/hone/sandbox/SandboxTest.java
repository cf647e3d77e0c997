package dev.hone.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.sandbox.Execution.Outcome;
import dev.hone.sandbox.SandboxSettings.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  class Isolated {

    @Test
    void nothingOfARunIsLeftForTheNext() {
      python(
          "import os\nfor p in ('/box/work', '/box/tmp', '/tmp', '/dev/shm', '/var/tmp'):\n"
              + "  open(p + '/left', 'w').write('secret')\n");
      Execution next = python("import os\nfor d, _, f in os.walk('/box'): print(d, f)\n");
      assertThat(next.stdoutText())
          .isEqualTo("/box []\n/box/shm []\n/box/tmp []\n/box/work ['main.py']\n");
    }

    @Test
    void nothingElseCanBeWritten() {
      Execution execution =
          python(
              "import os\nfor p in ('/', '/usr', '/etc', '/dev', '/var', '/proc', '/proc/sys',"
                  + " '/proc/1'):\n  try:\n    open(p + '/x', 'w'); print('wrote', p)\n"
                  + "  except OSError: pass\n");
      assertThat(execution.stdoutText()).isEmpty();
      assertThat(execution.succeeded()).isTrue();
    }

    @Test
    void theMachinesFilesAreNotThere() {
      Execution execution =
          python(
              "import os\nfor p in ('/root', '/home', '/etc/passwd', '/etc/shadow', '/sys', '/run',"
                  + " '/srv', '/opt', '/work', '/mnt'):\n  if os.path.exists(p): print(p)\n");
      assertThat(execution.stdoutText()).isEmpty();
    }

    @Test
    void noOtherProcessIsSeen() {
      Execution execution =
          python("import os\nprint(sorted(int(p) for p in os.listdir('/proc') if p.isdigit()))");
      assertThat(execution.stdoutText()).isEqualTo("[1, 2]\n"); // the one that watches, and itself
    }

    @Test
    void noDescriptorIsInherited() {
      Execution execution =
          python(
              "import os\nprint([f for f in range(3, 4096) if os.path.exists(f'/proc/self/fd/{f}')])");
      assertThat(execution.stdoutText()).isIn("[]\n", "[3]\n"); // 3: the folder while it is listed
    }

    @Test
    void noEnvironmentIsInherited() {
      Execution execution = python("import os\nprint(*sorted(os.environ))");
      assertThat(execution.stdoutText())
          .isEqualTo("HOME LANG PATH PYTHONDONTWRITEBYTECODE PYTHONHASHSEED TMPDIR\n");
    }

    @Test
    void noPrivilegeIsLeft() {
      Execution execution =
          python(
              "for line in open('/proc/self/status'):\n"
                  + "  if line.startswith(('Cap', 'NoNewPrivs', 'Seccomp:')): print(*line.split())\n");
      assertThat(execution.stdoutText().lines())
          .containsExactly(
              "CapInh: 0000000000000000",
              "CapPrm: 0000000000000000",
              "CapEff: 0000000000000000",
              "CapBnd: 0000000000000000",
              "CapAmb: 0000000000000000",
              "NoNewPrivs: 1",
              "Seccomp: 2");
    }

    @Test
    void theWatcherCannotBeReached() {
      Execution execution =
          python(
              "import os, signal, resource, ctypes\n"
                  + "for s in (9, 19, 15, 2):\n  os.kill(1, s)\n"
                  + "def tried(what, f):\n  try: f(); print('did', what)\n  except OSError: pass\n"
                  + "tried('mem', lambda: open('/proc/1/mem', 'rb'))\n"
                  + "tried('fd', lambda: os.listdir('/proc/1/fd'))\n"
                  + "tried('environ', lambda: open('/proc/1/environ', 'rb').read())\n"
                  + "tried('prlimit', lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (3, 3)))\n"
                  + "libc = ctypes.CDLL(None, use_errno=True)\n"
                  + "print(libc.ptrace(16, 1, 0, 0), libc.setpriority(0, 1, 19))\n");
      assertThat(execution.stdoutText()).isEqualTo("-1 -1\n");
      assertThat(execution.succeeded()).isTrue();
    }

    @Test
    void noNetwork() {
      Execution execution =
          python(
              "import socket\nfor family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK,"
                  + " socket.AF_PACKET):\n  try: socket.socket(family, socket.SOCK_DGRAM); print(family)\n"
                  + "  except OSError: pass\na, b = socket.socketpair(); a.send(b'x'); print(b.recv(1))");
      assertThat(execution.stdoutText()).isEqualTo("b'x'\n");
    }

    @Test
    void noNewNamespaces() {
      Execution execution =
          python(
              "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\n"
                  + "print(libc.unshare(0x10000000), libc.syscall(56, 0x10000011, 0, 0, 0, 0),"
                  + " libc.mount(b'x', b'/box', b'tmpfs', 0, None), libc.chroot(b'/box'))");
      assertThat(execution.stdoutText()).isEqualTo("-1 -1 -1 -1\n");
    }

    @Test
    void daemonsDoNotOutliveTheRun() {
      Execution execution =
          python(
              "import os, signal, time\nfor _ in range(5):\n  if os.fork() == 0:\n"
                  + "    os.setsid(); signal.signal(15, signal.SIG_IGN)\n"
                  + "    if os.fork() == 0: time.sleep(100)\n    os._exit(0)\n");
      assertThat(execution.succeeded()).isTrue();
      assertThat(execution.killed()).isBetween(1, 10);
      assertThat(execution.survivors()).isZero();
    }

    @Test
    void whatAnEarlierRunHeldIsNotInMemory() {
      String secret = "the-earlier-answer-" + 8675309;
      sandbox.run(Program.of(Language.PYTHON, "print(input())"), Input.of(secret + "\n"), LIMITS);
      for (int run = 0; run < 4; run++) { // whichever box it was
        Execution execution =
            python(
                "found = 0\n"
                    + "with open('/proc/self/maps') as maps:\n  lines = maps.readlines()\n"
                    + "mem = open('/proc/self/mem', 'rb', 0)\n"
                    + "for line in lines:\n  a, b = (int(x, 16) for x in line.split()[0].split('-'))\n"
                    + "  if 'rw' not in line.split()[1]: continue\n  try:\n    mem.seek(a)\n"
                    + "    data = mem.read(b - a)\n    i = data.find(b'the-earlier-answer-')\n"
                    + "    while i >= 0:\n      if data[i+19:i+24] == b'86753': found += 1\n"
                    + "      i = data.find(b'the-earlier-answer-', i + 1)\n    del data\n"
                    + "  except (OSError, OverflowError, ValueError): pass\nprint(found)\n");
        assertThat(execution.stdoutText()).as(execution.stderrText()).isEqualTo("0\n");
      }
    }
  }

  @Nested
  class Honest {

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
