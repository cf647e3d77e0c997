package dev.hone.policy.update;

/** A prompt and what follows it. */
public sealed interface TokenSequence permits TrainingSequence, SupervisedSequence {

  /** What was asked; at least one token. */
  int[] promptTokens();

  /** What follows, the end of sequence included where there is one. */
  int[] completionTokens();

  /** Tokens of prompt and completion together. */
  default int length() {
    return promptTokens().length + completionTokens().length;
  }
}
