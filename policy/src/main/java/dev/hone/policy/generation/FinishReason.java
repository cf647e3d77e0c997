package dev.hone.policy.generation;

/** Why a completion ended. */
public enum FinishReason {
  /** The model said an end-of-sequence token; it is the last of the completion's tokens. */
  EOS,
  /** A stop string appeared in the text; the tokens that hold it are kept, the text ends before. */
  STOP,
  /** The limit of new tokens, or of the model's positions, was reached. */
  LENGTH
}
