package dev.hone.sandbox;

import dev.hone.sandbox.SandboxSettings.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    List<String> mounts = new ArrayList<>(image.mounts());
    mounts.addAll(image.packages());
    if (SYSTEM_FOLDERS.stream().noneMatch(program::startsWith)) {
      Path parent = program.getParent();
      boolean bin = parent != null && parent.endsWith("bin") && parent.getParent() != null;
      mounts.add((language == Language.JAVA ? program : bin ? parent.getParent() : program) + "");
    }
    return mounts;
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
