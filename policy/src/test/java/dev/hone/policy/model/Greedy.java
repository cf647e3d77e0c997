package dev.hone.policy.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Tensor;
import java.util.Arrays;

/** Continues every row of a fixture greedily, in both ways there are. */
final class Greedy {

  private Greedy() {}

  /**
   * Asserts that the most likely tokens are {@code ids [rows, steps]}, decoding on a cache and by
   * running the whole rows again.
   *
   * @param logits {@code [rows, steps, vocabulary]}, or null where they are not known
   */
  static void assertFollows(DecoderModel model, ParityFixture fixture, int[] ids, float[] logits) {
    int rows = fixture.lengths.length;
    int steps = ids.length / rows;
    int vocabulary = model.config().vocabularySize();
    float[] cached = cached(model, fixture, ids, steps);
    float[] again = again(model, fixture, ids, steps);
    for (int at = 0; at < ids.length; at++) {
      assertThat(argmax(cached, at, vocabulary)).as("cached, token " + at).isEqualTo(ids[at]);
      assertThat(argmax(again, at, vocabulary)).as("uncached, token " + at).isEqualTo(ids[at]);
    }
    if (logits != null) {
      ForwardParityTest.assertClose("cached logits", cached, logits);
      ForwardParityTest.assertClose("uncached logits", again, logits);
    }
  }

  /** Prompts at once, then a token of every row at a time, on what is cached. */
  private static float[] cached(DecoderModel model, ParityFixture fixture, int[] ids, int steps) {
    Ops ops = model.ops();
    int rows = fixture.lengths.length;
    int vocabulary = model.config().vocabularySize();
    float[] all = new float[ids.length * vocabulary];
    try (KvCache cache = ops.cache(model.cacheSpec())) {
      int[] slots = new int[rows];
      int[] last = new int[rows];
      for (int row = 0; row < rows; row++) {
        slots[row] = cache.open(fixture.lengths[row] + steps);
        last[row] = fixture.starts()[row + 1] - 1;
      }
      int[] tokens = fixture.tokens;
      int[] lengths = fixture.lengths;
      for (int step = 0; step < steps; step++) {
        try (Scope scope = ops.scope();
            Packing packing = ops.pack(lengths, cache, slots)) {
          Tensor hidden = ops.gatherRows(model.hidden(tokens, packing), last);
          float[] logits = model.logits(hidden).toFloats();
          tokens = new int[rows];
          for (int row = 0; row < rows; row++) {
            int at = row * steps + step;
            System.arraycopy(logits, row * vocabulary, all, at * vocabulary, vocabulary);
            tokens[row] = ids[at];
            last[row] = row;
          }
        }
        lengths = new int[rows];
        Arrays.fill(lengths, 1);
      }
    }
    return all;
  }

  /** One pass over prompts and continuations together; causality makes it as good as many. */
  private static float[] again(DecoderModel model, ParityFixture fixture, int[] ids, int steps) {
    Ops ops = model.ops();
    int rows = fixture.lengths.length;
    int[] lengths = Arrays.stream(fixture.lengths).map(length -> length + steps - 1).toArray();
    int[] tokens = new int[Arrays.stream(lengths).sum()];
    int[] kept = new int[ids.length];
    int at = 0;
    for (int row = 0; row < rows; row++) {
      int[] prompt = fixture.row(row);
      System.arraycopy(prompt, 0, tokens, at, prompt.length);
      System.arraycopy(ids, row * steps, tokens, at + prompt.length, steps - 1);
      for (int step = 0; step < steps; step++) {
        kept[row * steps + step] = at + prompt.length - 1 + step;
      }
      at += lengths[row];
    }
    try (Scope scope = ops.scope();
        Packing packing = ops.pack(lengths)) {
      return model.logits(ops.gatherRows(model.hidden(tokens, packing), kept)).toFloats();
    }
  }

  private static int argmax(float[] logits, int row, int vocabulary) {
    int best = 0;
    for (int i = 1; i < vocabulary; i++) {
      if (logits[row * vocabulary + i] > logits[row * vocabulary + best]) {
        best = i;
      }
    }
    return best;
  }
}
