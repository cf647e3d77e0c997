package dev.hone.policy.generation;

import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.Packing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A model whose logits are a fixed pseudo-random function of all tokens so far, so that a sequence
 * mixed up with another in the cache would be noticed. Counts what it is asked.
 */
class FakeForward implements ForwardPass {

  final int vocabulary;
  final double endLogit;
  final List<int[]> passes = new ArrayList<>();
  final Map<Integer, List<Integer>> slots = new TreeMap<>();
  int mostSlots;
  private int nextSlot;
  private float[] lastLogits;

  /**
   * @param endLogit logit of token 0, by which lengths are steered
   */
  FakeForward(int vocabulary, double endLogit) {
    this.vocabulary = vocabulary;
    this.endLogit = endLogit;
  }

  float[] logits(List<Integer> history) {
    Philox philox = new Philox(history.hashCode());
    float[] row = new float[vocabulary];
    for (int i = 0; i < vocabulary; i++) {
      row[i] = (float) (4 * philox.uniform(1, i) - 2);
    }
    row[0] = (float) endLogit;
    return row;
  }

  @Override
  public void run(int[] tokens, int[] lengths, int[] slotIds) {
    passes.add(lengths.clone());
    float[] logits = new float[slotIds.length * vocabulary];
    int at = 0;
    for (int s = 0; s < slotIds.length; s++) {
      List<Integer> history = slots.get(slotIds[s]);
      for (int i = 0; i < lengths[s]; i++) {
        history.add(tokens[at++]);
      }
      System.arraycopy(logits(history), 0, logits, s * vocabulary, vocabulary);
    }
    lastLogits = logits;
  }

  @Override
  public float[] lastLogits() {
    return lastLogits.clone();
  }

  @Override
  public float[] logProbs(int[] rows, int[] tokens, double temperature) {
    float[] logProbs = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      double total = 0;
      for (int j = 0; j < vocabulary; j++) {
        total += Math.exp(lastLogits[rows[i] * vocabulary + j] / temperature);
      }
      double own = lastLogits[rows[i] * vocabulary + tokens[i]] / temperature;
      logProbs[i] = (float) (own - Math.log(total));
    }
    return logProbs;
  }

  @Override
  public int vocabularySize() {
    return vocabulary;
  }

  @Override
  public int maxPositions() {
    return 64;
  }

  @Override
  public void close() {}

  @Override
  public KvCache cache() {
    return new KvCache() {
      @Override
      public Spec spec() {
        return new Spec(1, 1);
      }

      @Override
      public int open(int capacity) {
        slots.put(nextSlot, new ArrayList<>());
        mostSlots = Math.max(mostSlots, slots.size());
        return nextSlot++;
      }

      @Override
      public int fork(int slot, int capacity) {
        int fork = open(capacity);
        slots.get(fork).addAll(slots.get(slot));
        return fork;
      }

      @Override
      public int length(int slot) {
        return slots.get(slot).size();
      }

      @Override
      public void advance(Packing packing) {}

      @Override
      public void release(int slot) {
        if (slots.remove(slot) == null) {
          throw new IllegalStateException("slot " + slot + " is not held");
        }
      }

      @Override
      public long bytes() {
        return Arrays.stream(passes.get(0)).sum();
      }

      @Override
      public void close() {}
    };
  }
}
