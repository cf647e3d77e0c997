package dev.hone.sandbox;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

/**
 * Runs untrusted programs under limits and reports what happened. Safe for any number of threads;
 * {@link SandboxSettings#slots} says how many programs run at a time, and the others wait.
 *
 * <p>Nothing of a run touches the machine's disk: sources, binaries and what a program writes lie
 * in its box's memory, and go with it.
 */
public final class Sandbox implements AutoCloseable {

  /** Compiled programs kept, so that one that runs many times is compiled once. */
  private static final int KEPT_BUILDS = 32;

  private final SandboxSettings settings;
  private final Toolchains toolchains;
  private final Builder builder;
  private final WarmJavaCompiler javaCompiler;
  private final boolean groups;
  private final Semaphore permits;
  private final Deque<Box> idle = new ArrayDeque<>();
  private final Map<String, Build> builds =
      Collections.synchronizedMap(
          new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Build> eldest) {
              return size() > KEPT_BUILDS;
            }
          });
  private boolean closed;

  private static final Map<SandboxSettings, Sandbox> SHARED = new HashMap<>();

  /**
   * The one sandbox of this process with these settings, so that everything in it keeps to one
   * number of slots. It ends with the process.
   */
  public static Sandbox shared(SandboxSettings settings) {
    synchronized (SHARED) {
      if (SHARED.isEmpty()) {
        Runtime.getRuntime().addShutdownHook(new Thread(Sandbox::closeShared, "hone-sandbox-end"));
      }
      return SHARED.computeIfAbsent(settings, Sandbox::new);
    }
  }

  private static void closeShared() {
    List<Sandbox> all;
    synchronized (SHARED) {
      all = List.copyOf(SHARED.values());
    }
    all.forEach(Sandbox::close);
  }

  /** A sandbox; boxes start when they are first needed. */
  public Sandbox(SandboxSettings settings) {
    this(settings, /* groups= */ true);
  }

  /** For tests of machines without control groups. */
  Sandbox(SandboxSettings settings, boolean groups) {
    this.settings = settings;
    this.groups = groups;
    this.permits = new Semaphore(settings.concurrency(), /* fair= */ true);
    this.toolchains = new Toolchains(settings);
    this.javaCompiler = new WarmJavaCompiler(this, settings.compilerLimits());
    this.builder = new Builder(settings, toolchains, javaCompiler);
  }

  /**
   * Compiles, where needed, runs to the end and tells what happened. A failure of the sandbox is an
   * outcome too.
   *
   * @throws SandboxUnavailable where the machine cannot isolate, or lacks the language
   */
  public Execution run(Program program, Input input, Limits limits) {
    try (Slot slot = slot()) {
      return slot.run(program, input, limits);
    }
  }

  /** Waits for the right to run programs; close it soon. */
  public Slot slot() {
    permits.acquireUninterruptibly();
    return new Slot(this);
  }

  public SandboxSettings settings() {
    return settings;
  }

  /**
   * What stands between a program and this machine; starts a box to find out.
   *
   * @throws SandboxUnavailable where nothing would, and the settings do not allow that
   */
  public Isolation isolation() {
    try (Slot slot = slot()) {
      Execution execution =
          slot.run(Program.of(Language.PYTHON, "pass"), Input.none(), settings.limits());
      if (!execution.succeeded()) {
        throw new SandboxUnavailable(
            "a box starts, but an empty program does not run in it: "
                + execution.outcome()
                + ' '
                + execution.message()
                + execution.stderrText().strip());
      }
      return execution.isolation();
    }
  }

  /** Ends all boxes. Runs that are under way fail. */
  @Override
  public void close() {
    List<Box> boxes;
    synchronized (idle) {
      closed = true;
      boxes = new ArrayList<>(idle);
      idle.clear();
    }
    javaCompiler.close();
    boxes.forEach(Box::close);
  }

  Build build(Slot slot, Program program) {
    if (program.language() == Language.PYTHON || program.language() == Language.JAVASCRIPT) {
      return builder.build(slot, program);
    }
    String key = fingerprint(program);
    Build kept = builds.get(key);
    if (kept != null) {
      return kept;
    }
    Build build = builder.build(slot, program);
    boolean sandboxFailed =
        build.executable().isEmpty()
            && build.failure().outcome() == Execution.Outcome.SANDBOX_FAILED;
    if (!sandboxFailed) {
      builds.put(key, build);
    }
    return build;
  }

  /** A program by its content. */
  private static String fingerprint(Program program) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      program
          .files()
          .forEach(
              (path, content) -> {
                digest.update(
                    (path + '\0' + content.length + '\0').getBytes(StandardCharsets.UTF_8));
                digest.update(content);
              });
      return program.language()
          + " "
          + program.main()
          + " "
          + HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  Box takeBox() {
    synchronized (idle) {
      while (!idle.isEmpty()) {
        Box box = idle.pop();
        if (box.alive()) {
          return box;
        }
        box.close();
      }
    }
    return newBox();
  }

  Box newBox() {
    return Box.start(
        settings.isolation(),
        toolchains.require(Language.PYTHON),
        toolchains.mounts(/* stranger= */ Box.ownUser() == 0),
        groups);
  }

  void drop(Box box) {
    box.close();
  }

  /** The boxes first: who waits for the permit shall find them, and not start others. */
  void giveBack(List<Box> boxes) {
    try {
      boxes.forEach(this::keepOrClose);
    } finally {
      permits.release();
    }
  }

  private void keepOrClose(Box box) {
    synchronized (idle) {
      if (!closed) {
        idle.push(box);
        return;
      }
    }
    box.close();
  }
}
