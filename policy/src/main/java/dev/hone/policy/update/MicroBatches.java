package dev.hone.policy.update;

import java.util.ArrayList;
import java.util.List;

/** The cut of sequences into forward passes: it follows from their lengths alone. */
final class MicroBatches {

  private MicroBatches() {}

  /**
   * Consecutive runs of {@code indices} of at most {@code maxTokens} tokens each; a longer sequence
   * is a run of its own. Sequences without a completion have nothing to predict and are left out.
   */
  static List<int[]> of(
      List<? extends TokenSequence> sequences, List<Integer> indices, int maxTokens) {
    List<int[]> runs = new ArrayList<>();
    List<Integer> run = new ArrayList<>();
    long tokens = 0;
    for (int index : indices) {
      TokenSequence sequence = sequences.get(index);
      if (sequence.completionTokens().length == 0) {
        continue;
      }
      if (!run.isEmpty() && tokens + sequence.length() > maxTokens) {
        runs.add(run.stream().mapToInt(Integer::intValue).toArray());
        run.clear();
        tokens = 0;
      }
      run.add(index);
      tokens += sequence.length();
    }
    if (!run.isEmpty()) {
      runs.add(run.stream().mapToInt(Integer::intValue).toArray());
    }
    return runs;
  }
}
