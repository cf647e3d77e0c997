package dev.hone.policy.nativecpu;

import java.util.ArrayDeque;
import java.util.Deque;

/** What one thread has open: its scopes, innermost first, and its tape. */
final class NativeThread {

  private final Deque<NativeScope> scopes = new ArrayDeque<>();
  private NativeTape tape;

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

  NativeScope openScope() {
    NativeScope scope = new NativeScope(this, scopes.peek());
    scopes.push(scope);
    return scope;
  }

  void closeScope(NativeScope scope) {
    if (scopes.peek() != scope) {
      throw new IllegalStateException("Scopes close in the reverse order of their opening");
    }
    scopes.pop();
  }

  /** Gives a fresh tensor to the innermost scope, if any is open. */
  NativeTensor own(NativeTensor tensor) {
    NativeScope scope = scopes.peek();
    if (scope != null) {
      scope.adopt(tensor);
    }
    return tensor;
  }
}
