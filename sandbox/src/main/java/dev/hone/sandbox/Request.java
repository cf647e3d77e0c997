package dev.hone.sandbox;

import java.util.ArrayList;
import java.util.List;

/** What a box is asked to run, in the form that {@code supervisor.py} reads. */
final class Request {

  /**
   * Address space that is reserved and never used, mostly stacks of threads and heaps of virtual
   * machines: where no control group counts memory, a process may ask for so much more than it may
   * fill, and the watchdog looks at what it fills.
   */
  private static final long RESERVED = 8L << 30;

  private final Fields fields;

  private Request(Fields fields) {
    this.fields = fields;
  }

  static Request of(Executable executable, Input input, Limits limits) {
    Fields fields = new Fields();
    executable
        .files()
        .forEach((path, content) -> fields.put(executable.mode(path) + ":" + path, content));
    executable.environment().forEach((name, value) -> fields.put("env:" + name, value));
    if (executable.python().isPresent()) {
      fields.put("python", executable.python().get());
      // A list of its own: the interpreter's command line.
      fields.put("arguments", input.arguments());
    } else {
      List<String> command = new ArrayList<>(executable.command());
      command.addAll(input.arguments());
      fields.put("argv", command);
    }
    fields
        .put("stdin", input.stdin())
        .put("cpu_ms", limits.cpu().toMillis())
        .put("wall_ms", limits.wall().toMillis())
        .put("memory", limits.memoryBytes())
        .put("data", limits.memoryBytes() + RESERVED)
        .put("nproc", KernelVersion.countsProcessesByNamespace() ? limits.processes() + 1 : 0)
        .put("output", limits.outputBytes())
        .put("disk", limits.diskBytes())
        .put("open_files", limits.openFiles());
    return new Request(fields);
  }

  /** With a line each way beside the standard streams. */
  Request withMessages() {
    fields.put("messages", "1");
    return this;
  }

  /** Standard input stays open for more. */
  Request withOpenInput() {
    fields.put("stdin_open", "1");
    return this;
  }

  /** The files to bring back, by name or as {@code *suffix}. */
  Request collecting(List<String> patterns, long limitBytes) {
    fields.put("collect", patterns).put("collect_limit", limitBytes);
    return this;
  }

  byte[] bytes() {
    return fields.bytes();
  }
}
