package dev.hone.policy.nativecpu;

import dev.hone.kernels.KernelException;
import dev.hone.kernels.Kernels;
import dev.hone.kernels.NativeLibrary;
import dev.hone.policy.tensor.Backend;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Precision;
import java.util.List;
import java.util.Optional;

/**
 * Hone's own kernels on the processor, with products in fp32 or bf16. Rollout and training round
 * alike in either; gradients flow through the rounding unchanged.
 */
public final class NativeCpuBackend implements Backend {

  @Override
  public String name() {
    return "native-cpu";
  }

  @Override
  public Optional<String> unavailable() {
    Optional<String> obstacle = NativeLibrary.unavailable();
    return obstacle.isPresent() ? obstacle : BrokenPromise.FOUND;
  }

  /** The self-test, once a process: rollout and training must give the same bits. */
  private static final class BrokenPromise {
    private static final Optional<String> FOUND = find();

    private static Optional<String> find() {
      long context = Kernels.open(2);
      try {
        Kernels.selfTest(context);
        return Optional.empty();
      } catch (KernelException broken) {
        return Optional.of("its self-test failed: " + broken.getMessage());
      } finally {
        Kernels.close(context);
      }
    }
  }

  @Override
  public int speed() {
    return 50;
  }

  @Override
  public String describe() {
    return "Hone's CPU kernels, " + Kernels.instructionSet() + (Kernels.hasAmx() ? ", amx" : "");
  }

  @Override
  public Optional<Ops> outline(Precision precision) {
    return Optional.of(NativeOps.outline(rounding(precision)));
  }

  /**
   * Bf16 products run at twice the rate of fp32 or more where the processor has an instruction for
   * them, else no faster; in the order of AMX without AMX slower.
   */
  @Override
  public List<Precision> precisions() {
    if (Kernels.hasAmx()) {
      return List.of(Precision.BF16_AMX, Precision.BF16, Precision.FP32);
    }
    return Kernels.instructionSet().equals("avx512_bf16")
        ? List.of(Precision.BF16, Precision.FP32, Precision.BF16_AMX)
        : List.of(Precision.FP32, Precision.BF16, Precision.BF16_AMX);
  }

  @Override
  public Ops open(int threads, Precision precision) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
    return new NativeOps(threads, rounding(precision));
  }

  private static int rounding(Precision precision) {
    return switch (precision) {
      case FP32 -> Kernels.FP32;
      case BF16 -> Kernels.BF16;
      case BF16_AMX -> Kernels.BF16_AMX;
    };
  }
}
