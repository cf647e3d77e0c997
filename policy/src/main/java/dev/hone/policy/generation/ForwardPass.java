package dev.hone.policy.generation;

import dev.hone.policy.tensor.KvCache;
import java.util.Optional;

/** The model as generation sees it: new tokens of running sequences in, logits of the last out. */
interface ForwardPass extends AutoCloseable {

  KvCache cache();

  int vocabularySize();

  /** Longest sequence, prompt and completion together. */
  int maxPositions();

  /**
   * Runs {@code lengths[s]} new tokens of the sequence in {@code slots[s]}, packed one sequence
   * after another, and keeps them in the cache. What follows is asked of the logits after the last
   * token of each, {@code [slots, vocabulary]}.
   */
  void run(int[] tokens, int[] lengths, int[] slots);

  /** The logits of the last pass, copied out. */
  float[] lastLogits();

  /**
   * Of the last pass: a token of each row drawn from softmax(logits / temperature), as {@link
   * Sampler} does; empty where that is to be done on the copied logits.
   */
  default Optional<int[]> sample(int[] rows, double[] uniforms, double temperature) {
    return Optional.empty();
  }

  /**
   * Of the last pass: the log-probability of {@code tokens[i]} in row {@code rows[i]} under
   * softmax(logits / temperature), computed as training does.
   */
  float[] logProbs(int[] rows, int[] tokens, double temperature);

  @Override
  void close();
}
