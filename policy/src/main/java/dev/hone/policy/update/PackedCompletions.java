package dev.hone.policy.update;

import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.ForwardListener;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Tensor;
import dev.hone.policy.tensor.TokenLogProbs;
import java.util.Arrays;
import java.util.List;

/**
 * Sequences laid out for one forward pass, and the rows of it that predict their completions. The
 * last token of a sequence predicts nothing and is not fed in.
 *
 * @param tokens all sequences, one after another
 * @param lengths tokens of each
 * @param rows that predict a completion's token
 * @param targets the tokens they predict
 * @param starts {@code [sequences + 1]}: where each sequence's rows begin among {@code rows}
 */
record PackedCompletions(int[] tokens, int[] lengths, int[] rows, int[] targets, int[] starts) {

  /** The sequences {@code indices}, each with a completion. */
  static PackedCompletions of(List<? extends TokenSequence> sequences, int[] indices) {
    int total = 0;
    int predicted = 0;
    for (int index : indices) {
      total += sequences.get(index).length() - 1;
      predicted += sequences.get(index).completionTokens().length;
    }
    int[] tokens = new int[total];
    int[] lengths = new int[indices.length];
    int[] rows = new int[predicted];
    int[] targets = new int[predicted];
    int[] starts = new int[indices.length + 1];
    int token = 0;
    int row = 0;
    for (int i = 0; i < indices.length; i++) {
      int[] prompt = sequences.get(indices[i]).promptTokens();
      int[] completion = sequences.get(indices[i]).completionTokens();
      lengths[i] = prompt.length + completion.length - 1;
      System.arraycopy(prompt, 0, tokens, token, prompt.length);
      System.arraycopy(completion, 0, tokens, token + prompt.length, completion.length - 1);
      for (int t = 0; t < completion.length; t++, row++) {
        rows[row] = token + prompt.length - 1 + t;
        targets[row] = completion[t];
      }
      token += lengths[i];
      starts[i + 1] = row;
    }
    return new PackedCompletions(tokens, lengths, rows, targets, starts);
  }

  /** Log-probabilities and entropies of all completions' tokens, as {@code rows} lists them. */
  TokenLogProbs forward(DecoderModel model, double temperature, ForwardListener listener) {
    try (Packing packing = model.ops().pack(lengths)) {
      Tensor hidden = model.hidden(tokens, packing, listener);
      return model.tokenLogProbs(model.ops().gatherRows(hidden, rows), targets, temperature);
    }
  }

  /** The part of a {@code [rows]} array that is of sequence {@code i}. */
  double[] of(float[] values, int i) {
    double[] part = new double[starts[i + 1] - starts[i]];
    Arrays.setAll(part, t -> values[starts[i] + t]);
    return part;
  }

  /** Puts the gradients of sequence {@code i} into their place in a {@code [rows]} array. */
  void put(double[] part, int i, float[] values) {
    for (int t = 0; t < part.length; t++) {
      values[starts[i] + t] = (float) part[t];
    }
  }
}
