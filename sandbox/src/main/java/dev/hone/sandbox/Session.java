package dev.hone.sandbox;

import dev.hone.sandbox.Execution.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;

/**
 * A program while it runs. Lines may be exchanged with it on two descriptors beside the standard
 * ones: it reads from 3 and writes to 4. Closing a session ends the program.
 */
public final class Session implements AutoCloseable {

  /** The box itself notices the limits; this is for a box that has stopped answering. */
  private static final Duration GRACE = Duration.ofSeconds(15);

  private static final int STDERR_KEPT = 1 << 16;

  private final Box box;
  private final Slot slot;
  private final ScheduledFuture<?> alarm;
  private final long oomBefore;
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private final ByteArrayOutputStream partialLine = new ByteArrayOutputStream();
  private final Queue<String> lines = new ArrayDeque<>();
  private final Map<String, byte[]> collected = new LinkedHashMap<>();
  private final Map<String, String> report = new LinkedHashMap<>();
  private Execution result;

  Session(Slot slot, Box box, byte[] request, Limits limits) {
    this.slot = slot;
    this.box = box;
    this.oomBefore = box.oomKills();
    this.alarm = box.killAfter(limits.wall().plus(GRACE));
    try {
      box.send('R', request);
    } catch (IOException e) {
      fail("the box does not listen: " + box.complaint());
    }
  }

  /** Sends the program a line. Where it no longer listens, nothing happens. */
  public void send(String line) {
    frame('M', (line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** Tells the program that no more lines will come. */
  public void endLines() {
    frame('N', new byte[0]);
  }

  /** Sends bytes to its standard input. */
  void feed(byte[] bytes) {
    frame('I', bytes);
  }

  /** The next line from the program; empty where it has ended without another. */
  public Optional<String> receive() {
    while (lines.isEmpty() && result == null) {
      step();
    }
    return Optional.ofNullable(lines.poll());
  }

  /** Ends the program now. */
  public void kill() {
    frame('K', new byte[0]);
  }

  /** Waits for the program's end. */
  public Execution await() {
    while (result == null) {
      step();
    }
    return result;
  }

  /** Files that were asked for, after the end. */
  Map<String, byte[]> collected() {
    return collected;
  }

  /** Standard output up to now, taken away. */
  byte[] takeOutput() {
    byte[] taken = stdout.toByteArray();
    stdout.reset();
    return taken;
  }

  /** Reads one frame. */
  void step() {
    try {
      Box.Frame frame = box.read();
      switch (frame.kind()) {
        case 'O' -> stdout.writeBytes(frame.content());
        case 'Q' -> keep(frame.content());
        case 'M' -> split(frame.content());
        case 'F' -> file(frame.content());
        case 'X' -> parse(frame.content());
        case 'Z' -> {
          parse(frame.content());
          finish();
        }
        default -> {} // nothing that we know
      }
    } catch (IOException e) {
      if (box.oomKills() > oomBefore) {
        report.put("limit", "memory"); // the kernel took the box instead of the program
        report.putIfAbsent("exit", "-1");
        finish();
        slot.discard(box);
      } else {
        fail("the box died: " + box.complaint());
      }
    }
  }

  boolean ended() {
    return result != null;
  }

  @Override
  public void close() {
    if (result == null) {
      kill();
      await();
    }
    if (result.survivors() > 0 || result.leftovers() > 0) {
      slot.discard(box); // no other run shall find what this one left
    }
    slot.giveBack(box);
  }

  private void frame(char kind, byte[] content) {
    if (result == null) {
      try {
        box.send(kind, content);
      } catch (IOException e) {
        fail("the box does not listen: " + box.complaint());
      }
    }
  }

  private void keep(byte[] content) {
    stderr.write(content, 0, Math.min(content.length, STDERR_KEPT - stderr.size()));
  }

  private void split(byte[] content) {
    int from = 0;
    for (int at = 0; at < content.length; at++) {
      if (content[at] == '\n') {
        partialLine.write(content, from, at - from);
        lines.add(partialLine.toString(StandardCharsets.UTF_8));
        partialLine.reset();
        from = at + 1;
      }
    }
    partialLine.write(content, from, content.length - from);
  }

  private void file(byte[] content) {
    ByteBuffer buffer = ByteBuffer.wrap(content);
    byte[] name = new byte[buffer.getInt()];
    buffer.get(name);
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    collected.put(new String(name, StandardCharsets.UTF_8), bytes);
  }

  private void parse(byte[] content) {
    for (String line : new String(content, StandardCharsets.UTF_8).split("\n")) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        report.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
  }

  private void finish() {
    alarm.cancel(false);
    String setup = report.get("setup_error");
    String refused = report.get("compile_error");
    if (!report.containsKey("exit") && setup == null) {
      if (number("oom_kills") > 0) {
        report.put("limit", "memory");
      } else {
        setup = "the process that watches a run ended with status " + report.get("supervisor");
      }
    }
    if (setup != null) {
      result = Execution.failed(setup, box.isolation());
    } else if (refused != null) {
      result = Execution.notCompiled(refused.replace('\u001f', '\n'), box.isolation());
    } else {
      result = execution();
    }
  }

  private Execution execution() {
    Optional<Limit> limit = limit();
    int signal = (int) number("signal");
    Outcome outcome =
        limit.isPresent() ? Outcome.LIMITED : signal != 0 ? Outcome.SIGNALLED : Outcome.EXITED;
    return new Execution(
        outcome,
        report.containsKey("exit") ? (int) number("exit") : -1,
        signal,
        limit,
        Duration.ofNanos(1000 * number("cpu_us")),
        Duration.ofNanos(1000 * number("wall_us")),
        number("memory"),
        stdout.toByteArray(),
        stderr.toByteArray(),
        (int) number("killed"),
        (int) number("survivors"),
        (int) number("leftovers"),
        "",
        box.isolation());
  }

  private Optional<Limit> limit() {
    String name = report.getOrDefault("limit", "");
    for (Limit limit : Limit.values()) {
      if (limit.toString().equals(name)) {
        return Optional.of(limit);
      }
    }
    boolean failed = number("exit") != 0 || number("signal") != 0;
    return failed && OutOfMemory.isReported(stdout.toByteArray(), stderr.toByteArray())
        ? Optional.of(Limit.MEMORY)
        : Optional.empty();
  }

  private long number(String key) {
    return Long.parseLong(report.getOrDefault(key, "0"));
  }

  private void fail(String message) {
    if (result == null) {
      alarm.cancel(false);
      slot.discard(box);
      result = Execution.failed(message, box.isolation());
    }
  }
}
