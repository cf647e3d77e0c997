package dev.hone.sandbox;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The right to run programs now: a sandbox gives out only so many at a time. Programs that talk
 * with each other run in one slot, each in a box of its own. For one thread.
 */
public final class Slot implements AutoCloseable {

  private final Sandbox sandbox;
  private final Set<Box> discarded = new HashSet<>();
  private final Deque<Box> free = new ArrayDeque<>();

  Slot(Sandbox sandbox) {
    this.sandbox = sandbox;
  }

  /** For a process that serves the others and must not wait for them. */
  static Slot outsideTheCount(Sandbox sandbox) {
    return new Slot(sandbox);
  }

  /** Compiles, where needed, runs to the end and tells what happened. */
  public Execution run(Program program, Input input, Limits limits) {
    Build build = sandbox.build(this, program);
    if (build.executable().isEmpty()) {
      return build.failure();
    }
    return run(build.executable().get(), input, limits);
  }

  Execution run(Executable executable, Input input, Limits limits) {
    Limits bounds = limits.withProcesses(limits.processes() + executable.language().ownThreads());
    try (Session session = start(Request.of(executable, input, bounds), bounds)) {
      return session.await();
    }
  }

  /**
   * Starts a program to exchange lines with.
   *
   * @throws NotStarted where it does not compile, or the sandbox fails
   */
  public Session open(Program program, Limits limits) throws NotStarted {
    Build build = sandbox.build(this, program);
    if (build.executable().isEmpty()) {
      throw new NotStarted(build.failure());
    }
    Limits bounds = limits.withProcesses(limits.processes() + program.language().ownThreads());
    Request request = Request.of(build.executable().get(), Input.none(), bounds).withMessages();
    return start(request, bounds);
  }

  /** A program that cannot be talked with, since it never started. */
  public static final class NotStarted extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Execution execution;

    NotStarted(Execution execution) {
      super(execution.message());
      this.execution = execution;
    }

    public Execution execution() {
      return execution;
    }
  }

  Session start(Request request, Limits limits) {
    Box box = free.isEmpty() ? sandbox.takeBox() : free.pop();
    box.limit(limits);
    return new Session(this, box, request.bytes(), limits);
  }

  void giveBack(Box box) {
    if (!discarded.remove(box)) {
      free.push(box);
    }
  }

  void discard(Box box) {
    if (discarded.add(box)) {
      sandbox.drop(box);
    }
  }

  @Override
  public void close() {
    sandbox.giveBack(List.copyOf(free));
    free.clear();
  }
}
