package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.OpsContract;

/** The native backend keeps the contract of the operations. */
@NeedsKernels
class NativeCpuBackendTest extends OpsContract {
  @Override
  protected Ops open(int threads) {
    return new NativeCpuBackend().open(threads);
  }
}
