package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.ScopeStack;

/** What one thread has open: its scopes, its tape, and the step that it captures. */
final class NativeThread {

  private final ScopeStack scopes = new ScopeStack();
  private NativeTape tape;
  private NativeGraph graph;

  ScopeStack scopes() {
    return scopes;
  }

  /** The open tape, or null. */
  NativeTape tape() {
    return tape;
  }

  /** The step that is being captured, or null. */
  NativeGraph graph() {
    return graph;
  }

  void capture(NativeGraph captured) {
    if (captured != null && (graph != null || tape != null)) {
      throw new IllegalStateException("A step is captured by itself, without a tape");
    }
    graph = captured;
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
