package dev.hone.sandbox;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The toolchains of this machine, looked for once. */
final class Toolchains {

  private final Map<Language, Toolchain> found = new EnumMap<>(Language.class);
  private final SandboxSettings settings;

  Toolchains(SandboxSettings settings) {
    this.settings = settings;
    for (Language language : Language.values()) {
      Toolchain.find(language, settings.image(language))
          .ifPresent(toolchain -> found.put(language, toolchain));
    }
  }

  Optional<Toolchain> of(Language language) {
    return Optional.ofNullable(found.get(language));
  }

  /** The language's, or an error that says what to install. */
  Toolchain require(Language language) {
    return of(language)
        .orElseThrow(
            () ->
                new SandboxUnavailable(
                    settings
                        .image(language)
                        .interpreter()
                        .map(
                            path ->
                                "the interpreter of "
                                    + language
                                    + ", "
                                    + path
                                    + ", cannot be executed; correct sandbox.images."
                                    + language)
                        .orElse(
                            "programs in "
                                + language
                                + " need a toolchain that is not installed; Debian, Ubuntu:"
                                + " apt-get install "
                                + Toolchain.debianPackage(language))));
  }

  /**
   * Folders that the boxes must see, each once.
   *
   * @param stranger whether programs run as a user to whom only what is everybody's is open
   * @throws SandboxUnavailable where one of them cannot be seen
   */
  List<String> mounts(boolean stranger) {
    TreeSet<String> mounts = new TreeSet<>();
    for (Toolchain toolchain : found.values()) {
      toolchain.requireVisible(stranger);
      mounts.addAll(toolchain.mounts());
    }
    return List.copyOf(mounts);
  }
}
