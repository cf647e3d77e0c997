package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.ScopeStack;

/** What one thread has open: its scopes and its tape. */
final class NativeThread {

  private final ScopeStack scopes = new ScopeStack();
  private NativeTape tape;

  ScopeStack scopes() {
    return scopes;
  }

  /** The open tape, or null. */
  NativeTape tape() {
    return tape;
  }

  void start(NativeTape opened) {
    if (tape != null) {
      throw new IllegalStateException("This thread already has an open tape; close it first");
    }
    tape = opened;
  }

  void stop(NativeTape closed) {
    if (tape == closed) {
      tape = null;
    }
  }
}
