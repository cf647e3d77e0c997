package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Precision;
import org.junit.jupiter.api.Nested;

/** Rollout and training give the same bits, whatever products compute in. */
@NeedsKernels
class SameBitsTest {

  @Nested
  class Fp32 extends SameBitsContract {
    @Override
    Ops open(int threads) {
      return new NativeCpuBackend().open(threads);
    }
  }

  @Nested
  class Bf16 extends SameBitsContract {
    @Override
    Ops open(int threads) {
      return new NativeCpuBackend().open(threads, Precision.BF16);
    }
  }

  @Nested
  class Bf16InTheOrderOfAmx extends SameBitsContract {
    @Override
    Ops open(int threads) {
      return new NativeCpuBackend().open(threads, Precision.BF16_AMX);
    }
  }
}
