package dev.hone.sandbox;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How programs are run on this machine.
 *
 * @param isolation what to do where the machine cannot isolate
 * @param slots programs at a time in this process; 0 is one a core
 * @param limits what a program may take
 * @param compilerLimits what a compiler may take
 * @param images what each language runs with, where it is not the machine's own
 */
public record SandboxSettings(
    IsolationMode isolation,
    int slots,
    Limits limits,
    Limits compilerLimits,
    Map<Language, Image> images)
    implements Serializable {

  /** Whether a program may run unprotected. */
  public enum IsolationMode {
    /** Only behind bubblewrap; without it the sandbox refuses. */
    BUBBLEWRAP,
    /** Unprotected, with resource limits and a watchdog alone: for programs that you trust. */
    NONE
  }

  /**
   * What a language runs with.
   *
   * @param interpreter path of the interpreter or compiler; the machine's own where empty
   * @param arguments further arguments to it, before the program
   * @param packages folders of further packages ({@code sys.path}, {@code NODE_PATH}, class path)
   * @param mounts further folders of the machine that its programs may read
   */
  public record Image(
      Optional<String> interpreter,
      List<String> arguments,
      List<String> packages,
      List<String> mounts)
      implements Serializable {

    private static final Image OF_THE_MACHINE =
        new Image(Optional.empty(), List.of(), List.of(), List.of());

    public Image {
      arguments = List.copyOf(arguments);
      packages = List.copyOf(packages);
      mounts = List.copyOf(mounts);
    }

    private Object writeReplace() {
      return new Written(interpreter.orElse(null), arguments, packages, mounts);
    }

    private record Written(
        String interpreter, List<String> arguments, List<String> packages, List<String> mounts)
        implements Serializable {
      private Object readResolve() {
        return new Image(Optional.ofNullable(interpreter), arguments, packages, mounts);
      }
    }
  }

  public SandboxSettings {
    if (slots < 0) {
      throw new IllegalArgumentException("The slots must be at least 0: " + slots + ".");
    }
    images = images.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(images));
  }

  /** Isolated, a slot a core, the standard limits, the machine's own interpreters. */
  public static SandboxSettings standard() {
    return new SandboxSettings(
        IsolationMode.BUBBLEWRAP, 0, Limits.standard(), Limits.ofCompiler(), Map.of());
  }

  public SandboxSettings withIsolation(IsolationMode mode) {
    return new SandboxSettings(mode, slots, limits, compilerLimits, images);
  }

  public SandboxSettings withSlots(int count) {
    return new SandboxSettings(isolation, count, limits, compilerLimits, images);
  }

  /** How many programs run at a time. */
  public int concurrency() {
    return slots == 0 ? Runtime.getRuntime().availableProcessors() : slots;
  }

  Image image(Language language) {
    return images.getOrDefault(language, Image.OF_THE_MACHINE);
  }
}
