package dev.hone.rewards.math;

/** Thrown where a text is not mathematics that this package reads; the message says why. */
final class Unreadable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Unreadable(String message) {
    super(message, null, false, false);
  }
}
