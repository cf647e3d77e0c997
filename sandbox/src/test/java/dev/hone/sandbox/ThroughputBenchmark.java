package dev.hone.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Trivial Python tests a second: in boxes, and, in the same minute on the same machine, with one
 * bubblewrap process a test under the same filter and user. Three rounds of each, in turn; the
 * median counts. Run with {@code -Dtests=1000 -Dslots=2}; docs/performance.md has figures.
 */
final class ThroughputBenchmark {

  private static final int TESTS = Integer.getInteger("tests", 1000);
  private static final int SLOTS =
      Integer.getInteger("slots", Runtime.getRuntime().availableProcessors());
  private static final int ROUNDS = 3;
  private static final String SOURCE = "print(int(input()) * 2)";

  @FunctionalInterface
  private interface One {
    String run() throws Exception;
  }

  private record Rate(double aSecond, double cpuMilliseconds) {}

  private ThroughputBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Path filter = Files.createTempFile("hone-filter", ".bpf");
    try (Sandbox sandbox = new Sandbox(SandboxSettings.standard().withSlots(SLOTS))) {
      Files.write(filter, SeccompFilter.program(SystemCalls.ofThisMachine().orElseThrow()));
      System.out.println(sandbox.isolation() + "; " + SLOTS + " at a time");
      Program program = Program.of(Language.PYTHON, SOURCE);
      One box = () -> sandbox.run(program, Input.of("21\n"), Limits.standard()).stdoutText();
      List<String> command = bubblewrap(filter);
      One process = () -> bubblewrapOnce(command);
      measure(box, 200);
      measure(process, 100);
      List<Rate> boxes = new ArrayList<>();
      List<Rate> processes = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        boxes.add(measure(box, TESTS));
        processes.add(measure(process, TESTS / 4));
      }
      Rate ours = median(boxes);
      Rate theirs = median(processes);
      print("boxes", ours);
      print("a bubblewrap process a test", theirs);
      System.out.printf("ratio: %.2f%n", ours.aSecond() / theirs.aSecond());
    } finally {
      Files.delete(filter);
    }
  }

  private static void print(String what, Rate rate) {
    System.out.printf(
        "%-28s %6.1f tests a second, %5.2f ms of CPU a test (of the whole machine)%n",
        what, rate.aSecond(), rate.cpuMilliseconds());
  }

  private static Rate median(List<Rate> rates) {
    return rates.stream()
        .sorted((a, b) -> Double.compare(a.aSecond(), b.aSecond()))
        .toList()
        .get(rates.size() / 2);
  }

  private static Rate measure(One one, int count) throws Exception {
    AtomicInteger left = new AtomicInteger(count);
    AtomicLong wrong = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    long busy = busyTicks();
    long begin = System.nanoTime();
    for (int i = 0; i < SLOTS; i++) {
      Thread thread =
          new Thread(
              () -> {
                while (left.getAndDecrement() > 0) {
                  try {
                    if (!one.run().equals("42\n")) {
                      wrong.incrementAndGet();
                    }
                  } catch (Exception e) {
                    wrong.incrementAndGet();
                  }
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    if (wrong.get() > 0) {
      throw new IllegalStateException(wrong + " of " + count + " tests went wrong");
    }
    return new Rate(count / seconds, 10.0 * (busyTicks() - busy) / count);
  }

  /** Hundredths of a second in which some core was not idle. */
  private static long busyTicks() throws IOException {
    String[] fields = Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split("\\s+");
    long busy = 0;
    for (int i = 1; i < fields.length; i++) {
      busy += i == 4 || i == 5 ? 0 : Long.parseLong(fields[i]); // idle, iowait
    }
    return busy;
  }

  private static List<String> bubblewrap(Path filter) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("/bin/sh", "-c", "exec \"$@\" 9<" + filter, "sh"));
    if (Box.ownUser() == 0) {
      command.addAll(List.of("setpriv", "--reuid=64242", "--regid=64242", "--clear-groups"));
      filter.toFile().setReadable(true, false);
    }
    command.addAll(
        List.of("bwrap", "--unshare-all", "--uid", "1000", "--gid", "1000", "--new-session"));
    command.addAll(List.of("--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin"));
    command.addAll(List.of("--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"));
    command.addAll(List.of("--proc", "/proc", "--dev", "/dev", "--size", "67108864"));
    command.addAll(List.of("--tmpfs", "/tmp", "--remount-ro", "/", "--chdir", "/tmp"));
    command.addAll(List.of("--clearenv", "--die-with-parent", "--seccomp", "9", "--"));
    command.addAll(List.of("/usr/bin/python3", "-I", "-S", "-c", SOURCE));
    return command;
  }

  private static String bubblewrapOnce(List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    process.getOutputStream().write("21\n".getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor(10, TimeUnit.SECONDS);
    return said;
  }
}
