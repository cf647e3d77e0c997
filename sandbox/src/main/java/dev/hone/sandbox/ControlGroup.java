package dev.hone.sandbox;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The control groups of one box: they count and bound the memory, processes and CPU of everything
 * in it. Where the machine lets us make none, {@link #create} is empty, and resource limits with a
 * watchdog stand alone.
 */
final class ControlGroup implements AutoCloseable {

  private static final String PREFIX = "hone-";
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final int FIRST_DESCRIPTOR = 10;

  private final String version;
  private final Map<String, Path> folders; // by controller; one and the same in v2
  private long memory = -1;
  private int processes = -1;

  private ControlGroup(String version, Map<String, Path> folders) {
    this.version = version;
    this.folders = folders;
  }

  /** Groups for one more box, or none. */
  static Optional<ControlGroup> create() {
    return create(Path.of("/proc"));
  }

  static Optional<ControlGroup> create(Path proc) {
    String name = PREFIX + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
    try {
      Hierarchies found = Hierarchies.read(proc);
      return versionOne(found, name).or(() -> versionTwo(found, name));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Optional<ControlGroup> versionOne(Hierarchies found, String name) {
    Map<String, Path> folders = new LinkedHashMap<>();
    for (String controller : List.of("memory", "pids", "cpuacct")) {
      for (Path parent : found.versionOne(controller)) {
        Path folder = parent.resolve(name);
        removeStale(parent);
        if (make(folder)) {
          folders.put(controller, folder);
          break;
        }
      }
    }
    ControlGroup group = new ControlGroup("v1", folders);
    boolean usable =
        folders.size() == 3 && Files.isWritable(group.file("memory", "memory.limit_in_bytes"));
    if (!usable) {
      group.close();
    }
    return usable ? Optional.of(group) : Optional.empty();
  }

  private static Optional<ControlGroup> versionTwo(Hierarchies found, String name) {
    for (Path parent : found.versionTwo()) {
      write(parent.resolve("cgroup.subtree_control"), "+memory +pids");
      Path folder = parent.resolve(name);
      removeStale(parent);
      if (!make(folder)) {
        continue;
      }
      ControlGroup group =
          new ControlGroup("v2", Map.of("memory", folder, "pids", folder, "cpuacct", folder));
      if (Files.isWritable(folder.resolve("memory.max"))
          && Files.isWritable(folder.resolve("pids.max"))) {
        write(folder.resolve("memory.oom.group"), "0");
        write(folder.resolve("memory.swap.max"), "0");
        return Optional.of(group);
      }
      group.close();
    }
    return Optional.empty();
  }

  String version() {
    return version;
  }

  /** Files to which a process writes 0 to join. */
  List<String> joins() {
    return folders.values().stream()
        .distinct()
        .map(folder -> folder.resolve("cgroup.procs").toString())
        .toList();
  }

  /** What the box reads of its groups: descriptor number, mode and path of each. */
  List<String> descriptors() {
    List<String> descriptors = new ArrayList<>();
    int number = FIRST_DESCRIPTOR;
    for (Reading reading : readings()) {
      descriptors.add(number++ + ":" + reading.mode() + ":" + reading.path());
    }
    return descriptors;
  }

  /** Tells the box which descriptor is what. */
  void describe(Fields start) {
    int number = FIRST_DESCRIPTOR;
    for (Reading reading : readings()) {
      start.put(reading.name(), number++);
    }
    start.put("cpu_format", version.equals("v1") ? "nanoseconds" : "cpu.stat");
  }

  private record Reading(String name, String mode, Path path) {}

  private List<Reading> readings() {
    boolean one = version.equals("v1");
    List<Reading> readings = new ArrayList<>();
    readings.add(
        new Reading(
            "memory_usage", "r", file("memory", one ? "memory.usage_in_bytes" : "memory.current")));
    Path peak = file("memory", one ? "memory.max_usage_in_bytes" : "memory.peak");
    if (Files.exists(peak)) {
      readings.add(new Reading("memory_peak", Files.isWritable(peak) ? "rw" : "r", peak));
    }
    readings.add(
        new Reading(
            "memory_events", "r", file("memory", one ? "memory.oom_control" : "memory.events")));
    readings.add(
        new Reading("cpu_usage", "r", file("cpuacct", one ? "cpuacct.usage" : "cpu.stat")));
    readings.add(new Reading("pids_now", "r", file("pids", "pids.current")));
    return readings;
  }

  /** Bounds the group; costs nothing where the bounds are as they were. */
  void limit(long memoryBytes, int processCount) {
    if (memoryBytes != memory) {
      if (version.equals("v1")) {
        Path plain = file("memory", "memory.limit_in_bytes");
        Path withSwap = file("memory", "memory.memsw.limit_in_bytes");
        boolean grows = memory < 0 || memoryBytes > memory;
        write(file("memory", "memory.swappiness"), "0");
        // The limit with swap may never lie below the one without.
        write(grows ? withSwap : plain, Long.toString(memoryBytes));
        write(grows ? plain : withSwap, Long.toString(memoryBytes));
      } else {
        write(file("memory", "memory.max"), Long.toString(memoryBytes));
      }
      memory = memoryBytes;
    }
    if (processCount != processes) {
      write(file("pids", "pids.max"), Integer.toString(processCount));
      processes = processCount;
    }
  }

  /** How often the kernel killed for want of memory. */
  long oomKills() {
    Path events = file("memory", version.equals("v1") ? "memory.oom_control" : "memory.events");
    try {
      return Files.readAllLines(events).stream()
          .filter(line -> line.startsWith("oom_kill "))
          .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length()).strip()))
          .findFirst()
          .orElse(0);
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /** Processes in the group, by their numbers outside. */
  List<Long> processes() {
    List<Long> pids = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file("pids", "cgroup.procs"))) {
        pids.add(Long.parseLong(line.strip()));
      }
    } catch (IOException | NumberFormatException e) {
      return List.of();
    }
    return pids;
  }

  /** Removes the groups; their processes must have ended, and the kernel may take a moment. */
  @Override
  public void close() {
    for (Path folder : folders.values()) {
      for (int tries = 0; tries < 50 && Files.exists(folder) && !remove(folder); tries++) {
        try {
          Thread.sleep(10);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private Path file(String controller, String name) {
    Path folder = folders.get(controller);
    return folder == null ? Path.of("/nonexistent") : folder.resolve(name);
  }

  private static boolean make(Path folder) {
    try {
      Files.createDirectory(folder);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean remove(Path folder) {
    try {
      return Files.deleteIfExists(folder);
    } catch (IOException e) {
      return false;
    }
  }

  /** Groups of processes that were killed before they could tidy up. */
  private static void removeStale(Path parent) {
    try (DirectoryStream<Path> children = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path child : children) {
        String pid = child.getFileName().toString().substring(PREFIX.length()).split("-", 2)[0];
        if (pid.matches("\\d{1,10}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
          remove(child);
        }
      }
    } catch (IOException e) {
      // Not ours to list, so not ours to tidy.
    }
  }

  private static void write(Path file, String value) {
    try {
      Files.writeString(file, value);
    } catch (IOException e) {
      // An interface file that this kernel lacks, or a value it has its own mind about.
    }
  }

  /** Where the control groups of this process hang. */
  private record Hierarchies(List<String> mounts, List<String> memberships) {

    static Hierarchies read(Path proc) throws IOException {
      return new Hierarchies(
          Files.readAllLines(proc.resolve("self/mounts")),
          Files.readAllLines(proc.resolve("self/cgroup")));
    }

    /** Folders in which a v1 group may be made: beneath our own, else at the top. */
    List<Path> versionOne(String controller) {
      List<Path> folders = new ArrayList<>();
      for (String mount : mounts) {
        String[] parts = mount.split(" ");
        if (parts.length > 3
            && parts[2].equals("cgroup")
            && List.of(parts[3].split(",")).contains(controller)) {
          for (String membership : memberships) {
            String[] member = membership.split(":", 3);
            if (List.of(member[1].split(",")).contains(controller)) {
              folders.add(Path.of(parts[1] + member[2]));
            }
          }
          folders.add(Path.of(parts[1]));
        }
      }
      return folders;
    }

    /** The same for v2, where a group with processes of its own can have no bounded children. */
    List<Path> versionTwo() {
      List<Path> folders = new ArrayList<>();
      for (String mount : mounts) {
        String[] parts = mount.split(" ");
        if (parts.length > 2 && parts[2].equals("cgroup2")) {
          for (String membership : memberships) {
            if (membership.startsWith("0::")) {
              Path own = Path.of(parts[1] + membership.substring("0::".length()));
              folders.add(own);
              if (own.getParent() != null && own.startsWith(parts[1] + "/")) {
                folders.add(own.getParent());
              }
            }
          }
          folders.add(Path.of(parts[1]));
        }
      }
      return folders;
    }
  }
}
