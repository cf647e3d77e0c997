package dev.hone.policy.nativecpu;

import dev.hone.kernels.Kernels;
import dev.hone.policy.tensor.Backend;
import dev.hone.policy.tensor.Ops;
import java.util.Optional;

/**
 * The same kernels with products in bf16: both operands are rounded, sums and master weights are
 * fp32. Rollout and training round alike, so the promise of equal bits holds; gradients flow
 * through the rounding unchanged.
 */
public final class NativeCpuBf16Backend implements Backend {

  private final NativeCpuBackend kernels = new NativeCpuBackend();

  @Override
  public String name() {
    return "native-cpu-bf16";
  }

  @Override
  public Optional<String> unavailable() {
    return kernels.unavailable();
  }

  @Override
  public int speed() {
    return 0;
  }

  @Override
  public String describe() {
    return "Hone's CPU kernels, %s, bf16 products, %d cores"
        .formatted(Kernels.instructionSet(), Runtime.getRuntime().availableProcessors());
  }

  @Override
  public Optional<Ops> outline() {
    return Optional.of(NativeOps.outline(Kernels.BF16));
  }

  @Override
  public Ops open(int threads) {
    NativeCpuBackend.requireThreads(threads);
    return new NativeOps(threads, Kernels.BF16);
  }
}
