package dev.hone.policy.update;

import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.ForwardListener;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.TokenLogProbs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Scores completions under a model, without gradients: the old and the reference policy's
 * log-probabilities.
 */
public final class SequenceScorer {

  /**
   * What a model thinks of one completion.
   *
   * @param logProbs {@code [completion]}: under softmax(logits / temperature)
   * @param entropies {@code [completion]}: of those distributions
   */
  public record Scores(double[] logProbs, double[] entropies) {}

  private final DecoderModel model;
  private final double temperature;
  private final int microBatchTokens;

  /**
   * @param temperature logits are divided by it
   * @param microBatchTokens tokens of one forward pass at most
   */
  public SequenceScorer(DecoderModel model, double temperature, int microBatchTokens) {
    this.model = model;
    this.temperature = temperature;
    this.microBatchTokens = microBatchTokens;
  }

  /** The scores of every completion, in the order of {@code sequences}. */
  public List<Scores> score(List<? extends TokenSequence> sequences) {
    List<Scores> scores =
        new ArrayList<>(
            Collections.nCopies(sequences.size(), new Scores(new double[0], new double[0])));
    List<Integer> all = IntStream.range(0, sequences.size()).boxed().toList();
    for (int[] indices : MicroBatches.of(sequences, all, microBatchTokens)) {
      PackedCompletions packed = PackedCompletions.of(sequences, indices);
      try (Scope scope = model.ops().scope()) {
        TokenLogProbs result = packed.forward(model, temperature, ForwardListener.NONE);
        float[] logProbs = result.logProbs().toFloats();
        float[] entropies = result.entropies().toFloats();
        for (int i = 0; i < indices.length; i++) {
          scores.set(indices[i], new Scores(packed.of(logProbs, i), packed.of(entropies, i)));
        }
      }
    }
    return scores;
  }

  /** The log-probabilities alone, summed over each completion. */
  public double[] sums(List<? extends TokenSequence> sequences) {
    return score(sequences).stream().mapToDouble(s -> Arrays.stream(s.logProbs()).sum()).toArray();
  }
}
