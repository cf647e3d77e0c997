package dev.hone.policy.tensor;

import java.util.List;
import java.util.Optional;

/**
 * A supplier of {@link Ops}, found through {@link java.util.ServiceLoader}. {@code backend: auto}
 * takes the loadable one of the highest {@link #speed()}.
 */
public interface Backend {

  /** As written in the configuration: {@code djl}, {@code native-cpu}, {@code native-cuda}. */
  String name();

  /** Why it cannot be used on this machine, in one line; empty where it can. */
  Optional<String> unavailable();

  /** Rank among backends: the larger the faster. */
  int speed();

  /** What it computes with, for logs and reports: library, version, processor features. */
  String describe();

  /**
   * Operations that compute nothing and take no memory, but count what they would take ({@link
   * Ops#memoryUse}): what a run will need is found out by making a step of it with them. Empty
   * where the backend cannot tell.
   */
  default Optional<Ops> outline(Precision precision) {
    return Optional.empty();
  }

  /** The precisions that it computes in, the fastest on this machine first. */
  default List<Precision> precisions() {
    return List.of(Precision.FP32);
  }

  /**
   * Opens the operations.
   *
   * @param threads how many a single operation may use
   * @param precision one of {@link #precisions}
   */
  Ops open(int threads, Precision precision);

  /** Opens the operations in fp32, as references are computed. */
  default Ops open(int threads) {
    return open(threads, Precision.FP32);
  }
}
