package dev.hone.policy.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A drawn course of forward passes over a cache: sequences open, go on by one token or many, fork,
 * and are released while others run.
 */
final class RandomGeneration {

  /** The longest sums on the way: of a head's width, of a sequence's length, of the latent. */
  static final int REDUCTION = 400;

  private static final int PASSES = 40;
  private static final int MOST = 160;

  private final long seed;

  RandomGeneration(long seed) {
    this.seed = seed;
  }

  /** What attention gives in each pass, in one layer of two. */
  List<float[]> run(Ops ops) {
    Random random = new Random(seed);
    boolean latent = random.nextBoolean();
    int kvHeads = latent ? 1 : 1 + random.nextInt(3);
    int heads = kvHeads * (1 + random.nextInt(3));
    int d = 2 + random.nextInt(20);
    int e = 2 + random.nextInt(20);
    int rope = 2 * (1 + random.nextInt(4));
    int width = latent ? d + rope : kvHeads * (d + e);
    List<float[]> outputs = new ArrayList<>();
    List<Integer> open = new ArrayList<>();
    try (KvCache cache = ops.cache(new KvCache.Spec(2, width));
        Scope all = ops.scope()) {
      Tensor kvB = numbers(ops, random, heads * (3 + e), d);
      for (int pass = 0; pass < PASSES; pass++) {
        if (open.isEmpty() || random.nextInt(4) == 0) {
          open.add(cache.open(MOST));
        } else if (random.nextInt(4) == 0) {
          open.add(cache.fork(open.get(random.nextInt(open.size())), MOST));
        } else if (random.nextInt(6) == 0) {
          cache.release(open.remove(random.nextInt(open.size())));
        }
        List<Integer> slots = new ArrayList<>();
        List<Integer> lengths = new ArrayList<>();
        boolean decoding = random.nextInt(3) > 0;
        for (int slot : open) {
          int added = decoding && cache.length(slot) > 0 ? 1 : 1 + random.nextInt(12);
          if (random.nextInt(4) > 0 && cache.length(slot) + added <= MOST) {
            slots.add(slot);
            lengths.add(added);
          }
        }
        if (slots.isEmpty()) {
          continue;
        }
        int tokens = lengths.stream().mapToInt(Integer::intValue).sum();
        try (Scope scope = ops.scope();
            Packing packing = ops.pack(ints(lengths), cache, ints(slots))) {
          for (int layer = 0; layer < 2; layer++) {
            Tensor output =
                latent
                    ? ops.latentAttention(
                        numbers(ops, random, tokens, heads, 3 + rope),
                        numbers(ops, random, tokens, width),
                        kvB,
                        3,
                        0.4,
                        packing,
                        layer)
                    : ops.attention(
                        numbers(ops, random, tokens, heads, d),
                        numbers(ops, random, tokens, kvHeads, d),
                        numbers(ops, random, tokens, kvHeads, e),
                        0.4,
                        packing,
                        layer);
            outputs.add(output.toFloats());
          }
          cache.advance(packing);
        }
      }
    }
    return outputs;
  }

  private static Tensor numbers(Ops ops, Random random, int... shape) {
    float[] values = new float[Math.toIntExact(new Shape(shape).size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(257) / 128f - 1;
    }
    return ops.floats(values, shape);
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
