package dev.hone.policy.tensor;

import dev.hone.policy.InvalidInput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The backends on the class path, and the choice among them. */
public final class Backends {

  private Backends() {}

  /**
   * A chosen backend and why it was taken: the others, and what keeps the faster ones from running
   * here.
   */
  public record Choice(Backend backend, String reason) {}

  /** Every backend on the class path, usable here or not, the fastest first. */
  public static List<Backend> all() {
    List<Backend> found = new ArrayList<>();
    ServiceLoader.load(Backend.class, Backends.class.getClassLoader()).forEach(found::add);
    found.sort(Comparator.comparingInt(Backend::speed).reversed().thenComparing(Backend::name));
    return found;
  }

  /** The backends that run on this machine, the fastest first. */
  public static List<Backend> available() {
    return all().stream().filter(backend -> backend.unavailable().isEmpty()).toList();
  }

  /** As {@link #choose}, without the reason. */
  public static Backend select(String name) {
    return choose(name).backend();
  }

  /**
   * The backend of this name, or for {@code auto} the fastest that runs here.
   *
   * @throws InvalidInput where there is none of that name, or it cannot run here
   */
  public static Choice choose(String name) {
    return choose(name, all());
  }

  static Choice choose(String name, List<Backend> known) {
    String names = known.stream().map(Backend::name).collect(Collectors.joining(", "));
    List<String> refusals = new ArrayList<>();
    for (Backend backend : known) {
      if (!name.equals("auto") && !name.equals(backend.name())) {
        continue;
      }
      Optional<String> obstacle = backend.unavailable();
      if (obstacle.isPresent()) {
        refusals.add(backend.name() + ": " + obstacle.get());
        continue;
      }
      if (!name.equals("auto")) {
        return new Choice(backend, "asked for by name");
      }
      return new Choice(
          backend,
          refusals.isEmpty()
              ? "the fastest of: " + names
              : "the fastest that runs here (not " + String.join("; not ", refusals) + ")");
    }
    if (refusals.isEmpty()) {
      throw new InvalidInput("backend: there is no '%s'; allowed: auto, %s".formatted(name, names));
    }
    throw new InvalidInput(
        "backend: '%s' cannot run here (%s); use auto or one of: %s"
            .formatted(name, String.join("; ", refusals), names));
  }
}
