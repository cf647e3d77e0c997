package dev.hone.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the library for the processor at hand among those that the build packed, one an instruction
 * set, and loads it. {@code -Dhone.kernels.isa=avx2} asks for one by name.
 */
public final class NativeLibrary {

  private static final String FOLDER = "/native/linux-x86_64/";

  /** An instruction set, best first, and the processor flags that it needs. */
  private enum InstructionSet {
    AVX512_BF16("avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_bf16", "fma"),
    AVX512("avx512f", "avx512bw", "avx512dq", "avx512vl", "fma"),
    AVX2("avx2", "fma");

    private final List<String> flags;

    InstructionSet(String... flags) {
      this.flags = List.of(flags);
    }

    String file() {
      return "libhone_kernels_" + name().toLowerCase(java.util.Locale.ROOT) + ".so";
    }
  }

  private static Optional<String> obstacle;

  private NativeLibrary() {}

  /** Why the kernels cannot be used on this machine, in one line; empty where they can. */
  public static synchronized Optional<String> unavailable() {
    if (obstacle == null) {
      obstacle = tryToLoad();
    }
    return obstacle;
  }

  /** Loads the library once. */
  static void load() {
    unavailable()
        .ifPresent(
            why -> {
              throw new UnsatisfiedLinkError(why);
            });
  }

  /** The processor's flags, as Linux names them; empty where it does not say. */
  public static Set<String> processorFlags() {
    Path processor = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(processor)) {
      return Set.of();
    }
    try (var lines = Files.lines(processor)) {
      return lines
          .filter(line -> line.startsWith("flags") || line.startsWith("Features")) // x86, Arm
          .findFirst()
          .map(line -> new HashSet<>(Arrays.asList(line.split("\\s+"))))
          .orElseGet(HashSet::new);
    } catch (IOException unreadable) {
      return Set.of();
    }
  }

  private static Optional<String> tryToLoad() {
    String asked = System.getProperty("hone.kernels.isa", "");
    Set<String> flags = processorFlags();
    boolean built = false;
    for (InstructionSet set : InstructionSet.values()) {
      URL library = NativeLibrary.class.getResource(FOLDER + set.file());
      built |= library != null;
      if (library == null
          || !flags.containsAll(set.flags)
          || !(asked.isEmpty() || asked.equalsIgnoreCase(set.name()))) {
        continue;
      }
      try {
        System.load(onDisk(library, set).toString());
        return Optional.empty();
      } catch (IOException | UnsatisfiedLinkError problem) {
        return Optional.of(
            "its library does not load: "
                + String.valueOf(problem.getMessage()).lines().findFirst().orElse(""));
      }
    }
    if (!built) {
      return Optional.of(
          "it was built without a C++ compiler and cmake, or for another system than Linux on x86-64");
    }
    return Optional.of(
        asked.isEmpty()
            ? "the processor has neither AVX-512 nor AVX2 with FMA"
            : "the processor has not what hone.kernels.isa=" + asked + " needs");
  }

  /** The library as a file: where it lies, or a copy that goes with the process. */
  private static Path onDisk(URL library, InstructionSet set) throws IOException {
    if (library.getProtocol().equals("file")) {
      return Path.of(java.net.URI.create(library.toString()));
    }
    Path copy = Files.createTempFile("hone-kernels-", "-" + set.file());
    try (InputStream bytes = library.openStream()) {
      Files.copy(bytes, copy, StandardCopyOption.REPLACE_EXISTING);
    }
    copy.toFile().deleteOnExit();
    return copy;
  }
}
