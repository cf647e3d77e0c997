package dev.hone.policy.nativecpu;

import dev.hone.kernels.KernelException;
import dev.hone.kernels.Kernels;
import dev.hone.kernels.NativeLibrary;
import dev.hone.policy.tensor.Backend;
import dev.hone.policy.tensor.Ops;
import java.util.Optional;

/** Hone's own kernels on the processor, in fp32. */
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
    return "Hone's CPU kernels, %s, fp32, %d cores"
        .formatted(Kernels.instructionSet(), Runtime.getRuntime().availableProcessors());
  }

  @Override
  public Optional<Ops> outline() {
    return Optional.of(NativeOps.outline(Kernels.FP32));
  }

  @Override
  public Ops open(int threads) {
    requireThreads(threads);
    return new NativeOps(threads, Kernels.FP32);
  }

  static void requireThreads(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, found " + threads);
    }
  }
}
