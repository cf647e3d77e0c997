package dev.hone.sandbox;

import dev.hone.sandbox.SandboxSettings.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What runs, and where needed compiles, programs of one language on this machine.
 *
 * @param language the language
 * @param program path of the interpreter or compiler; for Java, of the JDK
 * @param image what the settings say of the language
 * @param mounts folders that must be visible where its programs run
 */
record Toolchain(Language language, Path program, Image image, List<String> mounts) {

  /** Seen by every program, so that what lies here needs no mount of its own. */
  private static final List<Path> SYSTEM_FOLDERS =
      List.of(Path.of("/usr"), Path.of("/bin"), Path.of("/lib"));

  private static final List<String> BIN_FOLDERS = List.of("/usr/bin", "/usr/local/bin", "/bin");

  /** The language's toolchain; empty where the machine has none. */
  static Optional<Toolchain> find(Language language, Image image) {
    Optional<Path> program = image.interpreter().map(Path::of).filter(Files::isExecutable);
    if (image.interpreter().isEmpty()) {
      program = language == Language.JAVA ? jdk() : onTheMachine(commands(language));
    } else if (language == Language.JAVA) {
      program = image.interpreter().map(Path::of).flatMap(Toolchain::homeOf);
    }
    return program.map(path -> new Toolchain(language, path, image, mounts(language, path, image)));
  }

  private static List<String> mounts(Language language, Path program, Image image) {
    Set<String> mounts = new LinkedHashSet<>(image.mounts());
    mounts.addAll(image.packages());
    // An environment's interpreter is a link to the one it was made from, which it needs as well.
    for (Path path : List.of(program, realPath(program))) {
      if (SYSTEM_FOLDERS.stream().noneMatch(path::startsWith)) {
        mounts.add((language == Language.JAVA ? path : installation(path)).toString());
      }
    }
    return List.copyOf(mounts);
  }

  /**
   * The folder above {@code bin}, with the libraries; the program alone where it lies elsewhere.
   */
  private static Path installation(Path program) {
    Path parent = program.getParent();
    boolean bin = parent != null && parent.endsWith("bin") && parent.getNameCount() > 1;
    return bin ? parent.getParent() : program;
  }

  private static Path realPath(Path program) {
    try {
      return program.toRealPath();
    } catch (IOException e) {
      return program;
    }
  }

  /**
   * Sees that all that must be visible can be.
   *
   * @param stranger whether programs run as a user to whom only what is everybody's is open
   * @throws SandboxUnavailable naming the folder, the setting and the remedy
   */
  void requireVisible(boolean stranger) {
    for (String mount : mounts) {
      Path path = Path.of(mount);
      for (Path own : BoxCommand.FOLDERS_OF_A_RUN) {
        if (path.startsWith(own)) {
          throw new SandboxUnavailable(
              mount
                  + ", which sandbox.images."
                  + language
                  + " needs, lies in "
                  + own
                  + ", and every program has that folder for itself; keep it elsewhere");
        }
      }
      if (!Files.exists(path)) {
        throw new SandboxUnavailable(
            mount + " is not there; correct sandbox.images." + language + ", which names it");
      }
      if (stranger) {
        requireOpen(path);
      }
    }
  }

  private void requireOpen(Path path) {
    Path real = realPath(path);
    for (Path part = real; part != null; part = part.getParent()) {
      Set<PosixFilePermission> permissions;
      try {
        permissions = Files.getPosixFilePermissions(part);
      } catch (IOException | UnsupportedOperationException e) {
        return; // bubblewrap will say what is wrong
      }
      boolean open =
          (!Files.isDirectory(part) || permissions.contains(PosixFilePermission.OTHERS_EXECUTE))
              && (!part.equals(real) || permissions.contains(PosixFilePermission.OTHERS_READ));
      if (!open) {
        throw new SandboxUnavailable(
            path
                + ", which sandbox.images."
                + language
                + " needs, is closed to the unprivileged user that programs run as: chmod o+rx "
                + part
                + ", or keep it elsewhere");
      }
    }
  }

  private static List<String> commands(Language language) {
    return switch (language) {
      case PYTHON -> List.of("python3");
      case C -> List.of("gcc", "clang", "cc");
      case CPP -> List.of("g++", "clang++", "c++");
      case JAVA -> List.of("javac");
      case JAVASCRIPT -> List.of("node", "nodejs");
    };
  }

  /** What to install where a language is missing, as Debian calls it. */
  static String debianPackage(Language language) {
    return switch (language) {
      case PYTHON -> "python3";
      case C -> "gcc libc6-dev";
      case CPP -> "g++";
      case JAVA -> "openjdk-17-jdk-headless";
      case JAVASCRIPT -> "nodejs";
    };
  }

  private static Optional<Path> onTheMachine(List<String> commands) {
    return commands.stream()
        .flatMap(command -> BIN_FOLDERS.stream().map(folder -> Path.of(folder, command)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The JDK of this process, where a stranger may read it; else the machine's. */
  private static Optional<Path> jdk() {
    Stream<Path> candidates =
        Stream.concat(
            Stream.of(Path.of(System.getProperty("java.home"))),
            onTheMachine(List.of("javac")).flatMap(Toolchain::homeOf).stream());
    return candidates
        .filter(home -> Files.isExecutable(home.resolve("bin/javac")))
        .filter(home -> SYSTEM_FOLDERS.stream().anyMatch(home::startsWith))
        .findFirst();
  }

  private static Optional<Path> homeOf(Path javac) {
    try {
      Path home = javac.toRealPath().getParent().getParent();
      return Files.isExecutable(home.resolve("bin/javac")) ? Optional.of(home) : Optional.empty();
    } catch (IOException | NullPointerException e) {
      return Optional.empty();
    }
  }
}
