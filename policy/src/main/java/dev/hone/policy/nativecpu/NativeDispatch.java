package dev.hone.policy.nativecpu;

import dev.hone.policy.tensor.ExpertDispatch;

/**
 * Rows in order of expert, then token, without padding. One array of int32: {@code offsets [experts
 * + 1]}, {@code rowOfChoice [tokens * topK]}, {@code tokenOfRow [rows]}.
 */
record NativeDispatch(NativeTensor plan, int tokens, int topK, int experts)
    implements ExpertDispatch {

  static NativeDispatch of(ExpertDispatch dispatch) {
    if (dispatch instanceof NativeDispatch mine) {
      return mine;
    }
    throw new IllegalArgumentException("The dispatch belongs to another backend");
  }

  static int size(int tokens, int topK, int experts) {
    return experts + 1 + 2 * tokens * topK;
  }

  @Override
  public int rows() {
    return tokens * topK;
  }

  long offsets() {
    return plan.address();
  }

  long rowOfChoice() {
    return plan.address() + (experts + 1L) * Integer.BYTES;
  }

  long tokenOfRow() {
    return rowOfChoice() + (long) rows() * Integer.BYTES;
  }
}
