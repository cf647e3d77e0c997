package dev.hone.policy.model;

import dev.hone.policy.tensor.Backend;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.Ops;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** The backends that run on this machine, each opened once, in fp32, for a class of tests. */
final class EveryBackend implements AutoCloseable {

  private final Map<String, Ops> open = new HashMap<>();

  /** Each backend's name with each of these models. */
  static Stream<Arguments> with(String... models) {
    List<String> backends = Backends.available().stream().map(Backend::name).toList();
    return backends.stream()
        .flatMap(backend -> Stream.of(models).map(model -> Arguments.of(backend, model)));
  }

  Ops ops(String backend) {
    return open.computeIfAbsent(backend, name -> Backends.select(name).open(1));
  }

  @Override
  public void close() {
    open.values().forEach(Ops::close);
  }
}
