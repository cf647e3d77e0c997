package dev.hone.policy.djl;

import com.sun.jna.Function;
import com.sun.jna.Platform;

/**
 * How PyTorch's threads wait for one another. By default those of libgomp spin for milliseconds; a
 * decode step has hundreds of operations of a few microseconds, and where another process takes a
 * core in between, every one of them waits for a thread that is not running while the other burns
 * its own core. Sleeping instead costs little on an idle machine and wins tenfold on a busy one.
 */
final class OpenMp {

  private static final String WAIT_POLICY = "OMP_WAIT_POLICY";

  private OpenMp() {}

  /**
   * Asks for sleeping, unless the user's environment says otherwise. The library reads its
   * environment once, when it is loaded: this must come before the engine.
   */
  static void sleepWhileWaiting() {
    if (!Platform.isLinux()
        || System.getenv(WAIT_POLICY) != null
        || System.getenv("GOMP_SPINCOUNT") != null) {
      return;
    }
    try {
      Function.getFunction("c", "setenv").invokeInt(new Object[] {WAIT_POLICY, "passive", 0});
    } catch (UnsatisfiedLinkError unreachable) {
      // A matter of speed alone: without it the threads spin.
      return;
    }
  }
}
