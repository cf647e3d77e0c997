package dev.hone.policy.memory;

/** So many sequences of an update, each so long. */
public record BatchShape(int sequences, int promptTokens, int completionTokens) {

  int tokensOfSequence() {
    return promptTokens + completionTokens;
  }
}
