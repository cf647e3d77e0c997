package dev.hone.policy.jinja;

/** Leaves the body of the innermost loop: {@code break} or {@code continue}. */
final class LoopControl extends RuntimeException {

  static final LoopControl BREAK = new LoopControl();
  static final LoopControl CONTINUE = new LoopControl();

  private LoopControl() {
    super(null, null, false, false);
  }
}
