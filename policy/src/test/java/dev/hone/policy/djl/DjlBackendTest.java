package dev.hone.policy.djl;

import dev.hone.policy.tensor.LayerContract;
import dev.hone.policy.tensor.Ops;
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
}
