package dev.hone.policy.update;

/**
 * One demonstration: the policy learns to predict the completion's tokens, not the prompt's.
 *
 * @param promptTokens what was asked; at least one token
 * @param completionTokens what is to be answered, the end of sequence included
 */
public record SupervisedSequence(int[] promptTokens, int[] completionTokens)
    implements TokenSequence {

  public SupervisedSequence {
    if (promptTokens.length == 0) {
      throw new IllegalArgumentException("A prompt needs at least one token");
    }
  }
}
