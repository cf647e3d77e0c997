package dev.hone.policy.tensor;

/**
 * A decode step, captured: one more token of each of so many sequences. Replayed, it makes the same
 * operations in the same memory, on other tokens, without the code between them. What CUDA graphs
 * are on a GPU. Made by {@link Ops#capture}; belongs to the thread that made it.
 */
public interface DecodeGraph extends AutoCloseable {

  /** What a step computes. */
  @FunctionalInterface
  interface Step {

    /**
     * @param tokens the last token of each sequence, {@code [sequences]}
     * @param packing a row for each
     */
    Tensor run(int[] tokens, Packing packing);
  }

  /**
   * Runs the step on {@code tokens} of the sequences in {@code slots}, and counts them as held.
   * False, and nothing done, where it was captured for another number of sequences or they have
   * outgrown it: then it is time to capture another.
   */
  boolean replay(int[] tokens, int[] slots);

  /**
   * What the last run computed: the capture itself or a replay. It stays the graph's, and the next
   * replay writes over it.
   */
  Tensor output();

  /** Gives back its memory, the output's too. */
  @Override
  void close();
}
