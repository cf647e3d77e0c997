package dev.hone.policy.djl;

import dev.hone.policy.tensor.Backend;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** PyTorch on the processor, through the Deep Java Library. */
public final class DjlBackend implements Backend {

  private static final List<String> FEATURES =
      List.of("avx2", "avx512f", "avx512_bf16", "amx_tile", "amx_bf16", "asimd", "sve");

  @Override
  public String name() {
    return "djl";
  }

  @Override
  public Optional<String> unavailable() {
    try {
      Torch.version();
      return Optional.empty();
    } catch (RuntimeException | LinkageError problem) {
      Throwable cause = problem;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return Optional.of(
          "PyTorch's native library does not load: "
              + String.valueOf(cause.getMessage()).lines().findFirst().orElse(""));
    }
  }

  @Override
  public int speed() {
    return 10;
  }

  @Override
  public String describe() {
    return "PyTorch %s through DJL %s%s"
        .formatted(Torch.version(), ai.djl.engine.Engine.getDjlVersion(), features());
  }

  private static String features() {
    Path processor = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(processor)) {
      return "";
    }
    try (var lines = Files.lines(processor)) {
      Set<String> flags =
          lines
              .filter(line -> line.startsWith("flags") || line.startsWith("Features"))
              .findFirst()
              .map(line -> new HashSet<>(Arrays.asList(line.split("\\s+"))))
              .orElseGet(HashSet::new);
      String present = FEATURES.stream().filter(flags::contains).collect(Collectors.joining(" "));
      return present.isEmpty() ? "" : ", " + present;
    } catch (IOException unreadable) {
      return "";
    }
  }

  @Override
  public Ops open(int threads, Precision precision) {
    if (precision != Precision.FP32) {
      throw new IllegalArgumentException("djl computes in fp32 alone, found " + precision);
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
    return new DjlOps(threads);
  }
}
