package dev.hone.policy.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** What every backend's attention computes: over packed sequences, and over the cache. */
abstract class AttentionContract extends ContractPart {

  AttentionContract(IntFunction<Ops> backend) {
    super(backend);
  }

  private static final int[][] MIXES = {
    {1}, {5}, {3, 3, 3}, {2, 7, 1, 0, 4}, {3, 0}, {0, 2, 0}, {30, 1, 29, 2, 12, 11}, {1, 1, 1, 1}
  };

  /** A multi-head latent attention of small, unequal widths. */
  private record Latent(int heads, int nope, int rope, int rank, int v) {
    double scale() {
      return 1 / Math.sqrt(nope + rope);
    }

    int d() {
      return nope + rope;
    }

    int width() {
      return rank + rope;
    }

    int kvRows() {
      return heads * (nope + v);
    }
  }

  private static final Latent LATENT = new Latent(3, 4, 2, 5, 6);

  @Test
  void attentionStaysInItsSequenceAndItsPast() {
    Random random = check.random();
    for (int[] lengths : MIXES) {
      int kvHeads = 1 + random.nextInt(2);
      int heads = kvHeads * (1 + random.nextInt(3));
      int tokens = sum(lengths);
      try (Packing packing = ops.pack(lengths)) {
        check.check(
            in -> Oracle.attention(in[0], in[1], in[2], lengths, heads, kvHeads, 3, 2, 0.7),
            in -> ops.attention(in[0], in[1], in[2], 0.7, packing, 0),
            shape(tokens, heads, 3),
            shape(tokens, kvHeads, 3),
            shape(tokens, kvHeads, 2));
      }
    }
  }

  @Test
  void latentAttentionExpandsKeysAndValuesFromTheLatent() {
    Latent m = LATENT;
    for (int[] lengths : MIXES) {
      int tokens = sum(lengths);
      try (Packing packing = ops.pack(lengths)) {
        check.check(
            in ->
                Oracle.latentAttention(
                    in[0], in[1], in[2], lengths, m.heads, m.nope, m.rope, m.rank, m.v, m.scale()),
            in -> ops.latentAttention(in[0], in[1], in[2], m.nope, m.scale(), packing, 0),
            shape(tokens, m.heads, m.d()),
            shape(tokens, m.width()),
            shape(m.kvRows(), m.rank));
      }
    }
  }

  @Test
  void oneLayerServesAllSequencesOfAPackingAlikeHoweverTheyAreMixed() {
    int[] lengths = {9, 2, 17, 1, 30};
    double[] q = check.normal(sum(lengths) * 6);
    double[] k = check.normal(sum(lengths) * 6);
    double[] v = check.normal(sum(lengths) * 6);
    double[] together = attend(lengths, q, k, v);
    int start = 0;
    for (int length : lengths) {
      int from = start * 6;
      int to = (start + length) * 6;
      double[] alone =
          attend(
              new int[] {length},
              Arrays.copyOfRange(q, from, to),
              Arrays.copyOfRange(k, from, to),
              Arrays.copyOfRange(v, from, to));
      OpsCheck.assertClose("sequence", Arrays.copyOfRange(together, from, to), alone, 1e-6);
      start += length;
    }
  }

  private double[] attend(int[] lengths, double[] q, double[] k, double[] v) {
    int tokens = sum(lengths);
    try (Scope scope = ops.scope();
        Packing packing = ops.pack(lengths)) {
      return OpsCheck.toDoubles(
          ops.attention(
                  check.tensor(q, tokens, 2, 3),
                  check.tensor(k, tokens, 2, 3),
                  check.tensor(v, tokens, 2, 3),
                  0.5,
                  packing,
                  0)
              .toFloats());
    }
  }

  // ---- the cache

  /** Sequences that the cache is fed in pieces; everything they ever held, to compare with. */
  private final class Feed implements AutoCloseable {
    final boolean latent;
    final int layers = 2;
    final Latent m = LATENT;
    final int heads = LATENT.heads * 2;
    final int kvHeads = LATENT.heads;
    final KvCache cache;
    final double[] kvB = check.normal(LATENT.kvRows() * LATENT.rank);

    Feed(boolean latent) {
      this.latent = latent;
      int width = latent ? m.width() : kvHeads * (3 + 2);
      cache = ops.cache(new KvCache.Spec(layers, width));
    }

    /** One pass over new rows of some sequences; compares every layer with the whole sequence. */
    void pass(Sequence... sequences) {
      int[] lengths = Arrays.stream(sequences).mapToInt(s -> s.added).toArray();
      int[] slots = Arrays.stream(sequences).mapToInt(s -> s.slot).toArray();
      int tokens = sum(lengths);
      try (Scope scope = ops.scope();
          Packing packing = ops.pack(lengths, cache, slots)) {
        for (int layer = 0; layer < layers; layer++) {
          double[] actual = layer(packing, layer, tokens, sequences);
          int row = 0;
          for (Sequence sequence : sequences) {
            double[] expected = sequence.expected(layer);
            double[] own = Arrays.copyOfRange(actual, row, row + expected.length);
            OpsCheck.assertClose("layer " + layer, own, expected, 1e-4);
            row += expected.length;
          }
        }
        cache.advance(packing);
      }
      for (Sequence sequence : sequences) {
        sequence.added = 0;
        assertThat(cache.length(sequence.slot)).isEqualTo(sequence.length);
      }
    }

    private double[] layer(Packing packing, int layer, int tokens, Sequence[] sequences) {
      if (latent) {
        return OpsCheck.toDoubles(
            ops.latentAttention(
                    check.tensor(gather(sequences, 0, layer), tokens, m.heads, m.d()),
                    check.tensor(gather(sequences, 1, layer), tokens, m.width()),
                    check.tensor(kvB, m.kvRows(), m.rank),
                    m.nope,
                    m.scale(),
                    packing,
                    layer)
                .toFloats());
      }
      return OpsCheck.toDoubles(
          ops.attention(
                  check.tensor(gather(sequences, 0, layer), tokens, heads, 3),
                  check.tensor(gather(sequences, 1, layer), tokens, kvHeads, 3),
                  check.tensor(gather(sequences, 2, layer), tokens, kvHeads, 2),
                  0.6,
                  packing,
                  layer)
              .toFloats());
    }

    private double[] gather(Sequence[] sequences, int which, int layer) {
      return Arrays.stream(sequences)
          .map(s -> s.newest(which, layer))
          .flatMapToDouble(Arrays::stream)
          .toArray();
    }

    int[] widths() {
      return latent
          ? new int[] {m.heads * m.d(), m.width()}
          : new int[] {heads * 3, kvHeads * 3, kvHeads * 2};
    }

    Sequence open(int capacity) {
      return new Sequence(this, cache.open(capacity));
    }

    @Override
    public void close() {
      cache.close();
    }
  }

  private final class Sequence {
    final Feed feed;
    final int slot;
    final double[][][] held; // [which][layer][]
    int length;
    int added;

    Sequence(Feed feed, int slot) {
      this.feed = feed;
      this.slot = slot;
      this.held = new double[feed.widths().length][feed.layers][0];
    }

    Sequence grow(int tokens) {
      for (int which = 0; which < held.length; which++) {
        for (int layer = 0; layer < feed.layers; layer++) {
          double[] more = check.normal(tokens * feed.widths()[which]);
          double[] old = held[which][layer];
          double[] joined = Arrays.copyOf(old, old.length + more.length);
          System.arraycopy(more, 0, joined, old.length, more.length);
          held[which][layer] = joined;
        }
      }
      length += tokens;
      added = tokens;
      return this;
    }

    Sequence fork(int capacity) {
      Sequence fork = new Sequence(feed, feed.cache.fork(slot, capacity));
      for (int which = 0; which < held.length; which++) {
        fork.held[which] = held[which].clone();
      }
      fork.length = length;
      return fork;
    }

    double[] newest(int which, int layer) {
      int width = feed.widths()[which];
      double[] all = held[which][layer];
      return Arrays.copyOfRange(all, (length - added) * width, length * width);
    }

    /** The new rows of attention over the whole sequence. */
    double[] expected(int layer) {
      int[] whole = {length};
      double[] all;
      int width;
      if (feed.latent) {
        Latent m = feed.m;
        width = m.heads * m.v;
        all =
            Oracle.latentAttention(
                held[0][layer],
                held[1][layer],
                feed.kvB,
                whole,
                m.heads,
                m.nope,
                m.rope,
                m.rank,
                m.v,
                m.scale());
      } else {
        width = feed.heads * 2;
        all =
            Oracle.attention(
                held[0][layer],
                held[1][layer],
                held[2][layer],
                whole,
                feed.heads,
                feed.kvHeads,
                3,
                2,
                0.6);
      }
      return Arrays.copyOfRange(all, (length - added) * width, length * width);
    }
  }

  @Test
  void decodingWithTheCacheEqualsTheWholeSequence() {
    for (boolean latent : new boolean[] {true, false}) {
      try (Feed feed = new Feed(latent)) {
        Sequence a = feed.open(200);
        Sequence b = feed.open(200);
        feed.pass(a.grow(5), b.grow(3));
        for (int step = 0; step < 70; step++) {
          feed.pass(a.grow(1), b.grow(1));
        }
      }
    }
  }

  @Test
  void sequencesMayGoOnByAnyNumberOfTokens() {
    for (boolean latent : new boolean[] {true, false}) {
      try (Feed feed = new Feed(latent)) {
        Sequence a = feed.open(40);
        Sequence b = feed.open(40);
        feed.pass(a.grow(4));
        feed.pass(a.grow(3), b.grow(6));
        feed.pass(b.grow(1), a.grow(2));
        feed.pass(a.grow(1), b.grow(1));
      }
    }
  }

  @Test
  void forksShareAPromptAndThenPart() {
    for (boolean latent : new boolean[] {true, false}) {
      try (Feed feed = new Feed(latent)) {
        Sequence prompt = feed.open(6);
        feed.pass(prompt.grow(6));
        Sequence[] samples = new Sequence[5];
        Arrays.setAll(samples, i -> prompt.fork(30));
        feed.cache.release(prompt.slot);
        for (int step = 0; step < 4; step++) {
          feed.pass(Arrays.stream(samples).map(s -> s.grow(1)).toArray(Sequence[]::new));
        }
        feed.pass(samples[4].grow(1), samples[1].grow(1));
        Sequence nested = samples[1].fork(40);
        feed.pass(nested.grow(1), samples[0].grow(1));
      }
    }
  }

  @Test
  void slotsAreReusedWhileOthersRun() {
    Random random = check.random();
    for (boolean latent : new boolean[] {true, false}) {
      try (Feed feed = new Feed(latent)) {
        Sequence[] running = new Sequence[12];
        for (int round = 0; round < 30; round++) {
          for (int i = 0; i < running.length; i++) {
            if (running[i] == null && random.nextInt(3) == 0) {
              running[i] = feed.open(100);
              feed.pass(running[i].grow(1 + random.nextInt(9)));
            } else if (running[i] != null && random.nextInt(5) == 0) {
              feed.cache.release(running[i].slot);
              running[i] = null;
            }
          }
          Sequence[] some =
              Arrays.stream(running)
                  .filter(s -> s != null && random.nextInt(4) > 0)
                  .map(s -> s.grow(1))
                  .toArray(Sequence[]::new);
          if (some.length > 0) {
            feed.pass(some);
          }
        }
      }
    }
  }

  @Test
  void aCacheThatIsTooSmallRefuses() {
    try (KvCache cache = ops.cache(new KvCache.Spec(1, 4))) {
      int slot = cache.open(3);
      assertThatThrownBy(() -> ops.pack(new int[] {4}, cache, new int[] {slot}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("3")
          .hasMessageContaining("4");
      cache.release(slot);
      assertThatThrownBy(() -> cache.length(slot)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
