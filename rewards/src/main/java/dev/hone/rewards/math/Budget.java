package dev.hone.rewards.math;

/**
 * The work one verification may do, counted in steps and not in seconds, so that the same text gets
 * the same judgement on any machine.
 */
final class Budget {

  /** Thrown where the steps are spent; the answer is then refused, with this message. */
  static final class Exceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Exceeded(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Bits that a whole number may have, some 6,000 digits. What is larger stays a power and is
   * compared as one.
   */
  static final int MAX_BITS = 20_000;

  /** One step is about the product of two small terms: a tenth of a microsecond. */
  private static final int STEPS = 400_000;

  private final Budget whole;
  private int left;

  /** What a verification may spend. */
  Budget() {
    this(null, STEPS);
  }

  private Budget(Budget whole, int left) {
    this.whole = whole;
    this.left = left;
  }

  /** A part for one attempt, so that its failure leaves something for another. */
  Budget part() {
    return new Budget(this, left / 3);
  }

  void spend(int steps) {
    left -= steps;
    if (left < 0) {
      throw new Exceeded("too large to compare");
    }
    if (whole != null) {
      whole.spend(steps);
    }
  }
}
