package dev.hone.policy.djl;

import com.sun.jna.Function;
import com.sun.jna.Platform;

/**
 * How PyTorch's threads wait for one another. By default those of libgomp spin for milliseconds; a
 * decode step has hundreds of operations of a few microseconds, and where another process takes a
 * core in between, every one of them waits for a thread that is not running while the other burns
 * its own core. Sleeping at once is right on a busy machine, but costs half the speed on an idle
 * one. So they spin for about as long as one small operation takes, and then sleep.
 */
final class OpenMp {

  private static final String SPIN_COUNT = "GOMP_SPINCOUNT";
  private static final String SPINS = "3000";

  private OpenMp() {}

  /**
   * Asks for a short spin, unless the user's environment says otherwise. The library reads its
   * environment once, when it is loaded: this must come before the engine.
   */
  static void spinBriefly() {
    if (!Platform.isLinux()
        || System.getenv("OMP_WAIT_POLICY") != null
        || System.getenv(SPIN_COUNT) != null) {
      return;
    }
    try {
      Function.getFunction("c", "setenv").invokeInt(new Object[] {SPIN_COUNT, SPINS, 0});
    } catch (UnsatisfiedLinkError unreachable) {
      // A matter of speed alone: without it the threads spin for as long as they like.
      return;
    }
  }
}
