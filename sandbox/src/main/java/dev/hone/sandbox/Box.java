package dev.hone.sandbox;

import dev.hone.sandbox.SandboxSettings.IsolationMode;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One pre-started interpreter behind bubblewrap, in control groups of its own, that runs programs
 * one after the other, each in fresh namespaces. Used by one thread at a time.
 *
 * <p>What goes to it and comes from it are frames, described in {@code frames.py}.
 */
final class Box implements AutoCloseable {

  /** A frame from the box. */
  record Frame(char kind, byte[] content) {}

  /** Modules that nearly every program imports: loaded once, and then there in every fork. */
  private static final String PRELOADED =
      "atexit bisect collections copy functools heapq io itertools json math operator random re"
          + " string threading types typing";

  private static final List<String> MODULES =
      List.of("kernel", "frames", "program", "supervisor", "server");

  /** Bubblewrap's two processes, the server, and the one that watches a run. */
  private static final int OWN_PROCESSES = 4;

  /** What those hold, generously. */
  private static final long OWN_MEMORY = 32L << 20;

  private static final int LARGEST_FRAME = 1 << 28;
  private static final Duration START_LIMIT = Duration.ofSeconds(30);
  private static final long STACK_BYTES = 256L << 20;

  /** Threads get stacks as large as the main one's may grow, and here they count as memory. */
  private static final long STACK_BYTES_WITHOUT_GROUPS = 64L << 20;

  private static final int FIRST_HOST_USER = 64_200;
  private static final int HOST_USERS = 800;
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final ScheduledExecutorService WATCH = watch();

  private final Process process;
  private final Optional<ControlGroup> group;
  private final Isolation isolation;
  private final DataInputStream in;
  private final OutputStream out;
  private boolean closed;

  private Box(Process process, Optional<ControlGroup> group, Isolation isolation) {
    this.process = process;
    this.group = group;
    this.isolation = isolation;
    this.in = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
    this.out = process.getOutputStream();
  }

  /**
   * Starts a box and waits until it is ready.
   *
   * @throws SandboxUnavailable where the machine cannot isolate, or the interpreter does not start
   */
  static Box start(IsolationMode mode, Toolchain python, List<String> mounts, boolean groups) {
    boolean isolated = mode == IsolationMode.BUBBLEWRAP;
    Path bubblewrap =
        isolated
            ? BoxCommand.bubblewrap()
                .orElseThrow(
                    () ->
                        new SandboxUnavailable(
                            "bubblewrap is not installed, so programs cannot be isolated; install"
                                + " it (Debian, Ubuntu: apt-get install bubblewrap), or write"
                                + " sandbox.isolation: none to run them unprotected"))
            : null;
    long user = hostUser();
    Optional<byte[]> filter =
        isolated ? SystemCalls.ofThisMachine().map(SeccompFilter::program) : Optional.empty();
    Optional<ControlGroup> group = groups ? ControlGroup.create() : Optional.empty();
    Isolation isolation =
        new Isolation(
            isolated ? "bubblewrap" : "none",
            user,
            filter.isPresent(),
            group.map(ControlGroup::version).orElse("none"));
    List<String> command =
        isolated
            ? BoxCommand.isolated(bubblewrap, python.program(), mounts)
            : BoxCommand.unprotected(python.program());
    Fields launch =
        new Fields()
            .put("join", group.map(ControlGroup::joins).orElse(List.of()))
            .put("open", group.map(ControlGroup::descriptors).orElse(List.of()))
            .put("uid", user)
            .put("gid", user)
            .put("stack", group.isPresent() ? STACK_BYTES : STACK_BYTES_WITHOUT_GROUPS)
            .put("command", command);
    Fields start =
        new Fields()
            .put("isolation", isolation.boundary())
            .put("path", BoxCommand.PATH)
            .put("packages", python.image().packages())
            .put("preload", PRELOADED)
            .put("modules", MODULES);
    MODULES.forEach(name -> start.put("module:" + name, BoxCommand.resource(name)));
    filter.ifPresent(bytes -> start.put("seccomp", bytes));
    group.ifPresent(some -> some.describe(start));
    try {
      ProcessBuilder builder =
          new ProcessBuilder(
              python.program().toString(), "-I", "-S", "-c", BoxCommand.resource("launch"));
      builder.environment().clear();
      Box box = new Box(builder.start(), group, isolation);
      box.ready(launch, start);
      return box;
    } catch (IOException e) {
      group.ifPresent(ControlGroup::close);
      throw new SandboxUnavailable(
          "the interpreter " + python.program() + " does not start: " + e.getMessage());
    }
  }

  private void ready(Fields launch, Fields start) {
    ScheduledFuture<?> alarm = killAfter(START_LIMIT);
    String problem;
    try {
      out.write(launch.announced());
      out.write(start.announced());
      out.flush();
      Frame frame = read();
      if (frame.kind() == 'Z') {
        return;
      }
      problem = "it said " + frame.kind();
    } catch (IOException e) {
      problem = complaint();
    } finally {
      alarm.cancel(false);
    }
    close();
    throw new SandboxUnavailable(
        "a box cannot be started ("
            + problem
            + "); run 'hone doctor' to see what this machine can isolate");
  }

  /** What the box wrote to standard error before it died, in one line. */
  String complaint() {
    try (InputStream error = process.getErrorStream()) {
      process.waitFor(2, TimeUnit.SECONDS);
      byte[] said = error.readNBytes(Math.min(4000, Math.max(0, error.available())));
      String text = new String(said, StandardCharsets.UTF_8).strip();
      String line = text.substring(text.lastIndexOf('\n') + 1);
      return line.isEmpty() ? "it ended without a word" : line;
    } catch (IOException e) {
      return "it ended without a word";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  Isolation isolation() {
    return isolation;
  }

  /** Bounds the box for the next run. */
  void limit(Limits limits) {
    group.ifPresent(
        some -> some.limit(limits.memoryBytes() + OWN_MEMORY, limits.processes() + OWN_PROCESSES));
  }

  /** The kernel's kills for want of memory so far. */
  long oomKills() {
    return group.map(ControlGroup::oomKills).orElse(0L);
  }

  void send(char kind, byte[] content) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(5 + content.length);
    frame.put((byte) kind).putInt(content.length).put(content);
    out.write(frame.array());
    out.flush();
  }

  /** The next frame; an EOFException where the box is gone. */
  Frame read() throws IOException {
    char kind = (char) in.readUnsignedByte();
    int length = in.readInt();
    if (length < 0 || length > LARGEST_FRAME) {
      throw new IOException("the box sent a frame of " + length + " bytes");
    }
    return new Frame(kind, in.readNBytes(length));
  }

  boolean alive() {
    return !closed && process.isAlive();
  }

  /** Kills the box after that time, unless the result is cancelled before. */
  ScheduledFuture<?> killAfter(Duration time) {
    return WATCH.schedule(this::kill, time.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends the box and everything in it, and takes its control groups away. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      out.close(); // at the end of its input the box ends by itself
    } catch (IOException e) {
      // It is gone already.
    }
    try {
      if (!process.waitFor(2, TimeUnit.SECONDS)) {
        kill();
        process.waitFor(5, TimeUnit.SECONDS);
      }
      in.close();
      process.getErrorStream().close();
    } catch (IOException e) {
      // Nothing to read from the dead.
    } catch (InterruptedException e) {
      kill();
      Thread.currentThread().interrupt();
    }
    group.ifPresent(
        some -> {
          some.processes().forEach(Box::killProcess);
          some.close();
        });
  }

  private void kill() {
    // The namespace's first process before bubblewrap's outer one: with it all others end.
    List<ProcessHandle> descendants = process.descendants().toList();
    descendants.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    group.ifPresent(some -> some.processes().forEach(Box::killProcess));
  }

  private static void killProcess(long pid) {
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
  }

  /** Root gives each box a user number that is nobody's; anyone else only has his own. */
  private static long hostUser() {
    long own = ownUser();
    return own == 0 ? FIRST_HOST_USER + NUMBER.getAndIncrement() % HOST_USERS : own;
  }

  static long ownUser() {
    try {
      return ((Number) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
    } catch (IOException | UnsupportedOperationException e) {
      throw new SandboxUnavailable(
          "programs can be run on Linux only: there is no /proc/self (" + e.getMessage() + ")");
    }
  }

  private static ScheduledExecutorService watch() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "hone-sandbox-watch");
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }
}
