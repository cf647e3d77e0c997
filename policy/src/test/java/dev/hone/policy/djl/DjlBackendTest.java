package dev.hone.policy.djl;

import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.OpsContract;

/** The PyTorch backend keeps the contract of the operations. */
class DjlBackendTest extends OpsContract {
  @Override
  protected Ops open(int threads) {
    return new DjlBackend().open(threads);
  }
}
