package dev.hone.policy.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.hone.policy.tensor.ExpertDispatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows in order of expert, then token. Either every expert gets as many places as the busiest one
 * needs, and one batched product serves all; or, where the load is too uneven for that, each expert
 * has exactly its own rows and its own product.
 */
final class DjlDispatch implements ExpertDispatch {

  /** A product of fewer rows than this costs as much as one of so many: it waits for the weight. */
  private static final int FEW_ROWS = 8;

  private final int tokens;
  private final int topK;
  private final int experts;
  private final int[] counts;
  private final int capacity;
  private final int rows;
  private final long[] tokenOfRow;
  private final long[] rowOfChoice;

  /** {@code chosen [tokens, topK]}. */
  DjlDispatch(int[] chosen, int tokens, int topK, int experts) {
    this.tokens = tokens;
    this.topK = topK;
    this.experts = experts;
    counts = new int[experts];
    for (int expert : chosen) {
      counts[expert]++;
    }
    int busiest = Arrays.stream(counts).max().orElse(0);
    capacity = squareIsCheaper(busiest) ? Math.max(1, busiest) : 0;
    rows = capacity > 0 ? experts * capacity : chosen.length;
    int[] next = new int[experts];
    for (int expert = 1; expert < experts; expert++) {
      next[expert] = capacity > 0 ? expert * capacity : next[expert - 1] + counts[expert - 1];
    }
    tokenOfRow = new long[rows];
    rowOfChoice = new long[chosen.length];
    for (int choice = 0; choice < chosen.length; choice++) {
      int row = next[chosen[choice]]++;
      tokenOfRow[row] = choice / topK;
      rowOfChoice[choice] = row;
    }
  }

  private boolean squareIsCheaper(int busiest) {
    long square = (long) experts * Math.max(busiest, FEW_ROWS);
    long separate = 0;
    for (int count : counts) {
      separate += count == 0 ? 0 : Math.max(count, FEW_ROWS) + FEW_ROWS;
    }
    return square <= separate + separate / 4;
  }

  static DjlDispatch of(ExpertDispatch dispatch) {
    if (dispatch instanceof DjlDispatch mine) {
      return mine;
    }
    throw new IllegalArgumentException("The dispatch belongs to another backend");
  }

  @Override
  public int rows() {
    return rows;
  }

  int tokens() {
    return tokens;
  }

  int topK() {
    return topK;
  }

  int experts() {
    return experts;
  }

  /** {@code x [tokens, width] -> [rows, width]}; places to spare repeat the first token. */
  PtNDArray permute(TorchThread thread, PtNDArray x) {
    return Torch.gather(x, Torch.longs(thread.manager(), tokenOfRow, rows));
  }

  /** {@code [rows, in]}, {@code weights [experts, out, in] -> [rows, out]}. */
  PtNDArray multiply(TorchThread thread, PtNDArray x, PtNDArray weights, int in, int out) {
    if (capacity > 0) {
      PtNDArray square = JniUtils.reshape(x, new long[] {experts, capacity, in});
      PtNDArray product = JniUtils.bmm(square, JniUtils.transpose(weights, 1, 2));
      return JniUtils.reshape(product, new long[] {rows, out});
    }
    long[] sizes = Arrays.stream(counts).asLongStream().toArray();
    PtNDArray[] own = Torch.split(x, 0, sizes);
    PtNDArray[] matrices = matrices(thread, weights);
    List<PtNDArray> products = new ArrayList<>();
    for (int expert = 0; expert < experts; expert++) {
      if (counts[expert] > 0) {
        products.add(JniUtils.linear(own[expert], matrices[expert], null));
      }
    }
    return products.isEmpty()
        ? Torch.zeros(thread.manager(), rows, out)
        : JniUtils.cat(products.toArray(PtNDArray[]::new), 0);
  }

  /** The experts' matrices; outside a tape only of those that have rows. */
  private PtNDArray[] matrices(TorchThread thread, PtNDArray weights) {
    PtNDArray[] matrices = new PtNDArray[experts];
    if (thread.recording()) {
      // One split, whose gradient is one concatenation: taken one by one, each would give a
      // gradient as large as all together.
      long[] ones = new long[experts];
      Arrays.fill(ones, 1);
      PtNDArray[] parts = Torch.split(weights, 0, ones);
      for (int expert = 0; expert < experts; expert++) {
        matrices[expert] = JniUtils.squeeze(parts[expert], 0);
      }
      return matrices;
    }
    for (int expert = 0; expert < experts; expert++) {
      if (counts[expert] > 0) {
        matrices[expert] = JniUtils.getItem(weights, new long[] {expert}, thread.manager());
      }
    }
    return matrices;
  }

  /** {@code rows [rows, width]}, {@code weights [tokens, topK] -> [tokens, width]}. */
  PtNDArray unpermute(TorchThread thread, PtNDArray x, PtNDArray weights, int width) {
    PtNDArray index = Torch.longs(thread.manager(), rowOfChoice, rowOfChoice.length);
    PtNDArray byToken = JniUtils.reshape(Torch.gather(x, index), new long[] {tokens, topK, width});
    PtNDArray factors = JniUtils.reshape(weights, new long[] {tokens, 1, topK});
    return JniUtils.reshape(JniUtils.bmm(factors, byToken), new long[] {tokens, width});
  }
}
