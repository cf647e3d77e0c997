package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.AttentionContract;
import dev.hone.policy.tensor.ExpertContract;
import dev.hone.policy.tensor.HeadContract;
import dev.hone.policy.tensor.LayerContract;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.TrainingContract;
import org.junit.jupiter.api.Nested;

/** The native backend keeps the contract of the operations. */
class NativeCpuBackendTest {

  private static Ops nativeCpu(int threads) {
    return new NativeCpuBackend().open(threads);
  }

  @Nested
  class Layers extends LayerContract {
    @Override
    protected Ops open(int threads) {
      return nativeCpu(threads);
    }
  }

  @Nested
  class Attention extends AttentionContract {
    @Override
    protected Ops open(int threads) {
      return nativeCpu(threads);
    }
  }

  @Nested
  class Experts extends ExpertContract {
    @Override
    protected Ops open(int threads) {
      return nativeCpu(threads);
    }
  }

  @Nested
  class Head extends HeadContract {
    @Override
    protected Ops open(int threads) {
      return nativeCpu(threads);
    }
  }

  @Nested
  class Training extends TrainingContract {
    @Override
    protected Ops open(int threads) {
      return nativeCpu(threads);
    }
  }
}
