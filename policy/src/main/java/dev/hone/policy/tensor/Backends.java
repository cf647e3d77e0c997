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
   * A chosen backend, what its products compute in, and why it was taken: the others, and what
   * keeps the faster ones from running here.
   */
  public record Choice(Backend backend, Precision precision, String reason) {

    public Ops open(int threads) {
      return backend.open(threads, precision);
    }

    /** {@link Backend#outline} in this precision. */
    public Optional<Ops> outline() {
      return backend.outline(precision);
    }

    /** As logs and reports show it: {@code native-cpu: bf16, ..., 2 threads}. */
    public String describe(int threads) {
      return "%s: %s, %s, %d %s"
          .formatted(
              backend.name(),
              precision,
              backend.describe(),
              threads,
              threads == 1 ? "thread" : "threads");
    }
  }

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

  /** The backend alone, whatever it computes in. */
  public static Backend select(String name) {
    return choose(name, ComputeDtype.AUTO).backend();
  }

  /**
   * The backend of this name, or for {@code auto} the fastest that runs here in this precision.
   *
   * @throws InvalidInput where there is none of that name, or it cannot run here, or not so
   */
  public static Choice choose(String name, ComputeDtype dtype) {
    return choose(name, dtype, all());
  }

  static Choice choose(String name, ComputeDtype dtype, List<Backend> known) {
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
      List<Precision> precisions = backend.precisions();
      Precision precision = dtype.precision().orElse(precisions.get(0));
      if (!precisions.contains(precision)) {
        refusals.add("%s: it does not compute in %s".formatted(backend.name(), precision));
        continue;
      }
      if (!name.equals("auto")) {
        return new Choice(backend, precision, "asked for by name");
      }
      return new Choice(
          backend,
          precision,
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
