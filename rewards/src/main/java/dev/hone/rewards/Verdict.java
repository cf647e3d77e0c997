package dev.hone.rewards;

/** What a reward says of a completion, beside the number. */
public enum Verdict {
  /** The answer is right (or the property holds). */
  CORRECT,
  /** There is an answer, and it is wrong (or the property does not hold). */
  INCORRECT,
  /** No answer was found in the text. */
  NO_ANSWER,
  /** The reward has nothing to say of this row, and counts neither for nor against it. */
  NOT_APPLICABLE,
  /** The reward itself failed; the text is not to blame. */
  ERROR
}
