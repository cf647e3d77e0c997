package dev.hone.policy.djl;

import dev.hone.policy.tensor.AttentionContract;
import dev.hone.policy.tensor.ExpertContract;
import dev.hone.policy.tensor.HeadContract;
import dev.hone.policy.tensor.LayerContract;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.TrainingContract;
import org.junit.jupiter.api.Nested;

/** The PyTorch backend keeps the contract of the operations. */
class DjlBackendTest {

  private static Ops djl(int threads) {
    return new DjlBackend().open(threads);
  }

  @Nested
  class Layers extends LayerContract {
    @Override
    protected Ops open(int threads) {
      return djl(threads);
    }
  }

  @Nested
  class Attention extends AttentionContract {
    @Override
    protected Ops open(int threads) {
      return djl(threads);
    }
  }

  @Nested
  class Experts extends ExpertContract {
    @Override
    protected Ops open(int threads) {
      return djl(threads);
    }
  }

  @Nested
  class Head extends HeadContract {
    @Override
    protected Ops open(int threads) {
      return djl(threads);
    }
  }

  @Nested
  class Training extends TrainingContract {
    @Override
    protected Ops open(int threads) {
      return djl(threads);
    }
  }
}
