package dev.hone.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The bubblewrap command line of a box: what a program finds around it. */
final class BoxCommand {

  /** The user that a program sees itself as. */
  static final int USER_INSIDE = 1000;

  static final String PATH = "/usr/local/bin:/usr/bin:/bin";

  /** Where a program finds its own, or the kernel's, whatever the machine has there. */
  static final List<Path> FOLDERS_OF_A_RUN =
      List.of(
          Path.of("/tmp"), Path.of("/var/tmp"), Path.of("/box"), Path.of("/dev"), Path.of("/proc"));

  private static final List<String> DEVICES = List.of("null", "zero", "full", "random", "urandom");

  private BoxCommand() {}

  /** Where bubblewrap is, if it is installed. */
  static Optional<Path> bubblewrap() {
    return List.of("/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap").stream()
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * A box that sees the system's programs, none of the machine's data, no network, and can write
   * nowhere: each run lays a disk of its own over {@code /box}.
   */
  static List<String> isolated(Path bubblewrap, Path python, Collection<String> mounts) {
    List<String> command = new ArrayList<>(List.of(bubblewrap.toString()));
    for (String namespace : List.of("user", "pid", "net", "ipc", "uts", "cgroup-try")) {
      command.add("--unshare-" + namespace);
    }
    String user = Integer.toString(USER_INSIDE);
    command.addAll(List.of("--uid", user, "--gid", user, "--hostname", "box", "--new-session"));
    command.addAll(List.of("--clearenv", "--setenv", "PATH", PATH, "--setenv", "LANG", "C.UTF-8"));
    command.addAll(List.of("--setenv", "PYTHONHASHSEED", "0", "--setenv", "HOME", "/box/work"));
    // Symbols are bound once, in the server, and not again in each of its forks.
    command.addAll(List.of("--setenv", "LD_BIND_NOW", "1"));
    command.addAll(List.of("--ro-bind", "/usr", "/usr"));
    for (String folder : List.of("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")) {
      systemFolder(command, Path.of(folder));
    }
    command.addAll(List.of("--dir", "/etc"));
    for (String file : List.of("/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime")) {
      command.addAll(List.of("--ro-bind-try", file, file));
    }
    for (String folder : javaConfiguration()) {
      command.addAll(List.of("--ro-bind-try", folder, folder));
    }
    for (String mount : mounts) {
      command.addAll(List.of("--ro-bind", mount, mount));
    }
    command.addAll(List.of("--proc", "/proc", "--dir", "/dev", "--dir", "/box", "--dir", "/var"));
    for (String device : DEVICES) {
      command.addAll(List.of("--dev-bind", "/dev/" + device, "/dev/" + device));
    }
    link(command, "/proc/self/fd", "/dev/fd");
    link(command, "/proc/self/fd/0", "/dev/stdin");
    link(command, "/proc/self/fd/1", "/dev/stdout");
    link(command, "/proc/self/fd/2", "/dev/stderr");
    link(command, "/box/shm", "/dev/shm");
    link(command, "/box/tmp", "/tmp");
    link(command, "/box/tmp", "/var/tmp");
    command.addAll(List.of("--remount-ro", "/", "--chdir", "/box", "--"));
    command.addAll(unprotected(python));
    return command;
  }

  /** The same without a box. */
  static List<String> unprotected(Path python) {
    return List.of(python.toString(), "-s", "-B", "-c", resource("boot"));
  }

  /** The text of one of the box's own Python files. */
  static String resource(String name) {
    try (InputStream in = BoxCommand.class.getResourceAsStream("box/" + name + ".py")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void systemFolder(List<String> command, Path folder) {
    try {
      if (Files.isSymbolicLink(folder)) {
        link(command, Files.readSymbolicLink(folder).toString(), folder.toString());
      } else if (Files.isDirectory(folder)) {
        command.addAll(List.of("--ro-bind", folder.toString(), folder.toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Debian keeps the JDK's configuration here and links to it from the JDK. */
  private static List<String> javaConfiguration() {
    List<String> folders = new ArrayList<>();
    try (var children = Files.newDirectoryStream(Path.of("/etc"), "java-*")) {
      children.forEach(child -> folders.add(child.toString()));
    } catch (IOException e) {
      return List.of();
    }
    return folders;
  }

  private static void link(List<String> command, String target, String link) {
    command.addAll(List.of("--symlink", target, link));
  }
}
