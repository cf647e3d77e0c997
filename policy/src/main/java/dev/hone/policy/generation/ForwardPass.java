package dev.hone.policy.generation;

import dev.hone.policy.tensor.KvCache;

/** The model as generation sees it: new tokens of running sequences in, logits of the last out. */
interface ForwardPass extends AutoCloseable {

  KvCache cache();

  int vocabularySize();

  /** Longest sequence, prompt and completion together. */
  int maxPositions();

  /**
   * Runs {@code lengths[s]} new tokens of the sequence in {@code slots[s]}, packed one sequence
   * after another, and keeps them in the cache; returns the logits after the last token of each,
   * {@code [slots, vocabulary]}.
   */
  float[] lastLogits(int[] tokens, int[] lengths, int[] slots);

  /**
   * Of the last pass: the log-probability of {@code tokens[i]} in row {@code rows[i]} under
   * softmax(logits / temperature), computed as training does.
   */
  float[] logProbs(int[] rows, int[] tokens, double temperature);

  @Override
  void close();
}
