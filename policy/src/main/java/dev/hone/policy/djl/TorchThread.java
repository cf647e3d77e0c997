package dev.hone.policy.djl;

import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.hone.policy.tensor.ScopeStack;

/**
 * What the engine keeps for each thread, and what this backend adds to it: how many threads its
 * operations use, whether they are traced, the open scopes. PyTorch traces on every fresh thread;
 * here a thread traces only while it has a tape.
 */
final class TorchThread {

  private static final ThreadLocal<TorchThread> CURRENT = ThreadLocal.withInitial(TorchThread::new);

  private final PtNDManager manager = Torch.newManager();
  private final ScopeStack scopes = new ScopeStack();
  private int operationThreads;
  private DjlTape tape;

  private TorchThread() {
    // PyTorch sets a thread's count from the last one set anywhere when it first looks at it; look
    // now, so that it cannot overwrite ours later.
    operationThreads = JniUtils.getNumThreads();
    JniUtils.setGradMode(false);
  }

  static TorchThread enter(int operationThreads) {
    TorchThread thread = CURRENT.get();
    if (thread.operationThreads != operationThreads) {
      JniUtils.setNumThreads(operationThreads);
      thread.operationThreads = operationThreads;
    }
    return thread;
  }

  PtNDManager manager() {
    return manager;
  }

  ScopeStack scopes() {
    return scopes;
  }

  DjlTape tape() {
    return tape;
  }

  boolean recording() {
    return tape != null;
  }

  void start(DjlTape opened) {
    if (tape != null) {
      throw new IllegalStateException("This thread already has an open tape; close it first");
    }
    tape = opened;
    JniUtils.setGradMode(true);
  }

  void stop(DjlTape closed) {
    if (tape == closed) {
      tape = null;
      JniUtils.setGradMode(false);
    }
  }
}
