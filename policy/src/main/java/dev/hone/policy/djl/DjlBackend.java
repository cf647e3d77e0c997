package dev.hone.policy.djl;

import dev.hone.kernels.NativeLibrary;
import dev.hone.policy.tensor.Backend;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Precision;
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
    Set<String> flags = NativeLibrary.processorFlags();
    String present = FEATURES.stream().filter(flags::contains).collect(Collectors.joining(" "));
    return present.isEmpty() ? "" : ", " + present;
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
