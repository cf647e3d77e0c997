package dev.hone.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program can reach: nothing of the machine, of the box, or of other runs. */
class IsolationTest {

  private static final Limits LIMITS = Limits.standard();

  /** One slot, so that one run after the other is in the same box. */
  private static Sandbox sandbox;

  @BeforeAll
  static void start() {
    sandbox = TestSandboxes.isolated(1);
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

  @Nested
  class Network {

    private static final String CONNECT =
        """
        import socket, sys
        s = socket.socket(socket.AF_UNIX, socket.%s)
        try:
          s.connect('\\0meeting')
          print('met')
        except OSError as e:
          print(type(e).__name__)
        print('meeting' in open('/proc/net/unix').read())
        """;

    @ParameterizedTest
    @ValueSource(
        strings = {
          "AF_INET, SOCK_STREAM",
          "AF_INET, SOCK_DGRAM",
          "AF_INET, SOCK_RAW",
          "AF_INET6, SOCK_STREAM",
          "AF_NETLINK, SOCK_RAW",
          "AF_PACKET, SOCK_RAW",
          "AF_VSOCK, SOCK_STREAM",
          "AF_ALG, SOCK_SEQPACKET",
          "AF_BLUETOOTH, SOCK_STREAM",
          "AF_CAN, SOCK_RAW",
          "AF_TIPC, SOCK_STREAM",
          "AF_RDS, SOCK_SEQPACKET",
        })
    void noSocketLeadsOutOfTheMachine(String kind) {
      Execution execution =
          python(
              "from socket import *\ntry:\n  socket("
                  + kind
                  + ")\n  print('made')\nexcept PermissionError: print('refused')\n");
      assertThat(execution.stdoutText()).as(execution.stderrText()).isEqualTo("refused\n");
    }

    @Test
    void nothingButALoopbackThatIsDownIsThere() {
      assertThat(python("print(open('/proc/net/dev').read().count(':'))").stdoutText())
          .isEqualTo("1\n");
      assertThat(python("print(open('/proc/net/route').read().count('\\n'))").stdoutText())
          .isEqualTo("1\n"); // the heading
    }

    @Test
    void socketsBetweenAProgramsOwnProcessesWork() {
      String source =
          """
          import os, socket
          server = socket.socket(socket.AF_UNIX)
          server.bind('\\0meeting')
          server.listen()
          if os.fork() == 0:
            client = socket.socket(socket.AF_UNIX)
            client.connect('\\0meeting')
            client.sendall(b'hello')
            os._exit(0)
          print(server.accept()[0].recv(9))
          """;
      assertThat(python(source).stdoutText()).isEqualTo("b'hello'\n");
    }

    @Test
    void aRunThatListensIsNotThereForTheNextOfItsBox() {
      Execution listens =
          python(
              """
              import os, socket, time
              server = socket.socket(socket.AF_UNIX)
              server.bind('\\0meeting')
              server.listen()
              if os.fork() == 0:
                os.setsid()
                while True:
                  server.accept()[0].send(b'the answer is 7')
              print('meeting' in open('/proc/net/unix').read())
              """);
      assertThat(listens.stdoutText()).isEqualTo("True\n");
      assertThat(python(CONNECT.formatted("SOCK_STREAM")).stdoutText())
          .isEqualTo("ConnectionRefusedError\nFalse\n");
    }

    /** Sockets in messages that only each other's queues hold live on until the kernel sweeps. */
    @Test
    void socketsInFlightDoNotReachTheNextRun() {
      Execution leaves =
          python(
              """
              import array, socket
              def send(through, fd):
                rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [fd]))]
                through.sendmsg([b'x'], rights)
              a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
              named = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
              named.bind('\\0meeting')
              send(a, named.fileno())
              send(a, b.fileno())
              send(b, a.fileno())
              print('left')
              """);
      assertThat(leaves.stdoutText()).isEqualTo("left\n");
      assertThat(leaves.leftovers()).isZero();
      assertThat(python(CONNECT.formatted("SOCK_DGRAM")).stdoutText())
          .isEqualTo("ConnectionRefusedError\nFalse\n");
    }

    @Test
    void runsSideBySideDoNotMeet() {
      String listens =
          """
          import select, socket
          server = socket.socket(socket.AF_UNIX)
          server.bind('\\0meeting')
          server.listen()
          print('met' if select.select([server], [], [], 1.5)[0] else 'alone')
          """;
      String calls =
          """
          import socket, time
          met, end = 'alone', time.time() + 1
          while time.time() < end:
            try:
              socket.socket(socket.AF_UNIX).connect('\\0meeting')
              met = 'met'
            except OSError:
              time.sleep(0.01)
          print(met)
          """;
      try (Sandbox two = TestSandboxes.isolated(2)) {
        Program server = Program.of(Language.PYTHON, listens);
        CompletableFuture<Execution> beside =
            CompletableFuture.supplyAsync(() -> two.run(server, Input.none(), LIMITS));
        Execution client = two.run(Program.of(Language.PYTHON, calls), Input.none(), LIMITS);
        assertThat(client.stdoutText()).isEqualTo("alone\n");
        assertThat(beside.join().stdoutText()).isEqualTo("alone\n");
      }
    }

    @Test
    void theWatcherAndTheServerHaveNoSocket() {
      assertThat(python("print(open('/proc/net/unix').read().count('\\n'))").stdoutText())
          .isEqualTo("1\n"); // the heading
    }
  }
}
