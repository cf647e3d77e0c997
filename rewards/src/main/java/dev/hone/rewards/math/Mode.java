package dev.hone.rewards.math;

/** How much is forgiven. */
public enum Mode {
  /**
   * For training. The answer must be marked as such (a box, {@code ####}, "the answer is", a last
   * line that is nothing else), be worked out, and be exact where the reference is exact.
   */
  STRICT,
  /**
   * For judging foreign models. The last formula or number of the text will do where no answer is
   * marked, arithmetic may be left undone, and six right decimals stand for an exact value.
   */
  LENIENT
}
