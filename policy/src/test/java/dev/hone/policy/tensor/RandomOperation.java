package dev.hone.policy.tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * An operation on drawn numbers of drawn shapes, to be computed by one backend and another.
 *
 * @param what the operation and its extents, for messages
 * @param shapes of the differentiable inputs
 * @param values of those, in [-1, 1] and exact in bf16, so that a backend that rounds weights to it
 *     changes none
 * @param reduction the sum of the lengths of all sums between an input and an output, forward and
 *     backward
 * @param compute its outputs
 */
record RandomOperation(
    String what, int[][] shapes, float[][] values, int reduction, Compute compute) {

  /** What is computed of the inputs. */
  interface Compute {
    List<Tensor> of(Ops ops, Tensor[] inputs);
  }

  /** How each operation is drawn, by its name. */
  static Map<String, Function<Random, RandomOperation>> all() {
    Map<String, Function<Random, RandomOperation>> all = new LinkedHashMap<>();
    all.put("reshape", RandomOperation::reshape);
    all.put("slice", RandomOperation::slice);
    all.put("concat", RandomOperation::concat);
    all.put("gatherRows", RandomOperation::gatherRows);
    all.put("add", RandomOperation::add);
    all.put("embedding", RandomOperation::embedding);
    all.put("rmsNorm", RandomOperation::rmsNorm);
    all.put("linear", RandomOperation::linear);
    all.put("linears", RandomOperation::linears);
    all.put("rope", RandomOperation::rope);
    all.put("attention", RandomOperation::attention);
    all.put("latentAttention", RandomOperation::latentAttention);
    all.put("swiGlu", RandomOperation::swiGlu);
    all.put("route", RandomOperation::route);
    all.put("experts", RandomOperation::experts);
    all.put("tokenLogProbs", RandomOperation::tokenLogProbs);
    all.put("tiedHead", RandomOperation::tiedHead);
    all.put("logProbs", RandomOperation::logProbs);
    return all;
  }

  // ---- what is drawn

  /** Mostly a few, at times about as many as a tile of the kernels holds, at times many. */
  private static int extent(Random random) {
    int kind = random.nextInt(10);
    if (kind < 6) {
      return 1 + random.nextInt(9);
    }
    return kind < 9 ? (16 << random.nextInt(3)) - 1 + random.nextInt(3) : 1 + random.nextInt(150);
  }

  private static int few(Random random, int most) {
    return 1 + random.nextInt(most);
  }

  /** In [-1, 1] with eight bits, and away from zero, where a norm would blow rounding up. */
  private static float number(Random random) {
    int magnitude = 32 + random.nextInt(225);
    return (random.nextBoolean() ? magnitude : -magnitude) / 256f;
  }

  private static float[] numbers(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = number(random);
    }
    return values;
  }

  private static int[] indices(Random random, int count, int limit) {
    return random.ints(count, 0, limit).toArray();
  }

  /** Sequences of a pack: of one token, of many, and none at all between them. */
  private static int[] lengths(Random random) {
    int[] lengths = new int[few(random, 6)];
    for (int s = 0; s < lengths.length; s++) {
      lengths[s] = random.nextInt(5) == 0 ? 0 : random.nextInt(4) == 0 ? 1 : extent(random);
    }
    lengths[random.nextInt(lengths.length)] += 1;
    return lengths;
  }

  private static int[] shape(int... dims) {
    return dims;
  }

  private static RandomOperation of(
      String what, Random random, int reduction, Compute compute, int[]... shapes) {
    float[][] values = new float[shapes.length][];
    for (int i = 0; i < shapes.length; i++) {
      values[i] = numbers(random, Math.toIntExact(new Shape(shapes[i]).size()));
    }
    return new RandomOperation(
        what + " of " + Arrays.deepToString(shapes), shapes, values, reduction, compute);
  }

  // ---- shape and sums

  private static RandomOperation reshape(Random random) {
    int a = extent(random);
    int b = few(random, 9);
    return of("reshape", random, 1, (ops, in) -> List.of(ops.reshape(in[0], b, 1, a)), shape(a, b));
  }

  private static RandomOperation slice(Random random) {
    int width = extent(random);
    int from = random.nextInt(width);
    int to = from + few(random, width - from);
    return of(
        "slice [%d, %d)".formatted(from, to),
        random,
        1,
        (ops, in) -> List.of(ops.slice(in[0], from, to)),
        shape(extent(random), width));
  }

  private static RandomOperation concat(Random random) {
    int n = extent(random);
    int m = few(random, 3);
    return of(
        "concat",
        random,
        1,
        (ops, in) -> List.of(ops.concat(in[0], in[1])),
        shape(n, m, extent(random)),
        shape(n, m, extent(random)));
  }

  private static RandomOperation gatherRows(Random random) {
    int n = extent(random);
    int[] rows = indices(random, extent(random), n);
    return of(
        "gatherRows",
        random,
        rows.length,
        (ops, in) -> List.of(ops.gatherRows(in[0], rows)),
        shape(n, few(random, 3), few(random, 20)));
  }

  private static RandomOperation add(Random random) {
    int[] shape = shape(extent(random), extent(random));
    return of("add", random, 2, (ops, in) -> List.of(ops.add(in[0], in[1])), shape, shape);
  }

  // ---- layers

  private static RandomOperation embedding(Random random) {
    int vocabulary = extent(random);
    int[] tokens = indices(random, extent(random), vocabulary);
    return of(
        "embedding",
        random,
        tokens.length,
        (ops, in) -> List.of(ops.embedding(in[0], tokens)),
        shape(vocabulary, extent(random)));
  }

  private static RandomOperation rmsNorm(Random random) {
    int rows = extent(random);
    int heads = few(random, 3);
    int width = extent(random);
    return of(
        "rmsNorm",
        random,
        2 * width + rows * heads,
        (ops, in) -> List.of(ops.rmsNorm(in[0], in[1], 1e-6)),
        shape(rows, heads, width),
        shape(width));
  }

  private static RandomOperation linears(Random random) {
    int n = extent(random);
    int in = extent(random);
    int first = extent(random);
    int second = extent(random);
    return of(
        "linears of one input",
        random,
        in + first + second + n,
        (ops, t) ->
            ops.linears(t[0], List.of(new Projection(t[1], null), new Projection(t[2], t[3]))),
        shape(n, in),
        shape(first, in),
        shape(second, in),
        shape(second));
  }

  private static RandomOperation linear(Random random) {
    int n = extent(random);
    int in = extent(random);
    int out = extent(random);
    if (random.nextBoolean()) {
      return of(
          "linear",
          random,
          in + out + n,
          (ops, t) -> List.of(ops.linear(t[0], t[1], null)),
          shape(n, in),
          shape(out, in));
    }
    return of(
        "linear with a bias",
        random,
        in + out + n,
        (ops, t) -> List.of(ops.linear(t[0], t[1], t[2])),
        shape(n, in),
        shape(out, in),
        shape(out));
  }

  private static RandomOperation rope(Random random) {
    int[] lengths = lengths(random);
    int pairs = few(random, 40);
    int from = random.nextInt(20);
    float[] frequencies = new float[pairs];
    for (int i = 0; i < pairs; i++) {
      frequencies[i] = (float) Math.pow(10000, -(double) i / pairs);
    }
    RotaryTable table = new RotaryTable(frequencies, 1 + random.nextFloat(), random.nextBoolean());
    return of(
        "rope from %d of %s".formatted(from, Arrays.toString(lengths)),
        random,
        4,
        (ops, in) -> {
          try (Packing packing = ops.pack(lengths)) {
            return List.of(ops.rope(in[0], from, table, packing));
          }
        },
        shape(sum(lengths), few(random, 4), from + 2 * pairs + random.nextInt(4)));
  }

  private static RandomOperation attention(Random random) {
    int[] lengths = lengths(random);
    int tokens = sum(lengths);
    int kvHeads = few(random, 3);
    int group = few(random, 4);
    int d = few(random, 70);
    int e = few(random, 70);
    return of(
        "attention of " + Arrays.toString(lengths),
        random,
        d + e + (1 + group) * longest(lengths),
        (ops, in) -> {
          try (Packing packing = ops.pack(lengths)) {
            return List.of(ops.attention(in[0], in[1], in[2], 1 / Math.sqrt(d), packing, 0));
          }
        },
        shape(tokens, kvHeads * group, d),
        shape(tokens, kvHeads, d),
        shape(tokens, kvHeads, e));
  }

  private static RandomOperation latentAttention(Random random) {
    int[] lengths = lengths(random);
    int tokens = sum(lengths);
    int heads = few(random, 5);
    int nope = few(random, 40);
    int rope = 2 * few(random, 12);
    int rank = few(random, 40);
    int v = few(random, 40);
    return of(
        "latentAttention of " + Arrays.toString(lengths),
        random,
        nope + rope + 2 * rank + v + (1 + heads) * longest(lengths) + tokens,
        (ops, in) -> {
          try (Packing packing = ops.pack(lengths)) {
            double scale = 1 / Math.sqrt(nope + rope);
            return List.of(ops.latentAttention(in[0], in[1], in[2], nope, scale, packing, 0));
          }
        },
        shape(tokens, heads, nope + rope),
        shape(tokens, rank + rope),
        shape(heads * (nope + v), rank));
  }

  private static RandomOperation swiGlu(Random random) {
    return of(
        "swiGlu",
        random,
        8,
        (ops, in) -> List.of(ops.swiGlu(in[0])),
        shape(extent(random), 2 * extent(random)));
  }

  // ---- experts

  private static RandomOperation route(Random random) {
    int groups = 1 << random.nextInt(3);
    int perGroup = 2 + random.nextInt(8);
    int experts = groups * perGroup;
    int kept = few(random, groups);
    int topK = few(random, Math.min(8, kept * perGroup));
    boolean sigmoid = random.nextBoolean();
    RouterSettings settings =
        new RouterSettings(
            sigmoid ? RouterSettings.Scoring.SIGMOID : RouterSettings.Scoring.SOFTMAX,
            groups,
            kept,
            random.nextBoolean()
                ? RouterSettings.GroupScore.TOP_TWO_SUM
                : RouterSettings.GroupScore.MAX,
            topK,
            random.nextBoolean(),
            1 + random.nextFloat());
    int tokens = extent(random);
    int width = few(random, 40);
    float[] bias = random.nextBoolean() ? numbers(random, experts) : null;
    return of(
        "route by " + settings,
        random,
        width + 2 * experts + tokens,
        (ops, in) -> {
          Tensor correction = bias == null ? null : ops.floats(bias, experts);
          Routing routing = ops.route(in[0], in[1], correction, settings);
          return List.of(routing.weights(), routing.scores(), routing.experts());
        },
        shape(tokens, width),
        shape(experts, width));
  }

  /** Dispatch, permute, groupedLinear and unpermute, with experts that nobody chose. */
  private static RandomOperation experts(Random random) {
    int experts = few(random, 12);
    int k = few(random, Math.min(4, experts));
    int tokens = extent(random);
    int favourites = few(random, experts);
    int in = extent(random);
    int out = few(random, 70);
    int[] chosen = new int[tokens * k];
    for (int t = 0; t < tokens; t++) {
      TreeSet<Integer> own = new TreeSet<>();
      own.add(random.nextInt(favourites));
      while (own.size() < k) {
        own.add(random.nextInt(random.nextInt(4) == 0 ? experts : Math.max(k, favourites)));
      }
      int j = t * k;
      for (int expert : own) {
        chosen[j++] = expert;
      }
    }
    return of(
        "%d of %d experts".formatted(k, experts),
        random,
        in + 2 * out + k + tokens,
        (ops, t) -> {
          Routing routing = new Routing(ops.ints(chosen, tokens, k), t[1], t[1]);
          ExpertDispatch dispatch = ops.dispatch(routing, experts);
          Tensor rows = ops.groupedLinear(ops.permute(t[0], dispatch), t[2], dispatch);
          return List.of(ops.unpermute(rows, t[1], dispatch));
        },
        shape(tokens, in),
        shape(tokens, k),
        shape(experts, out, in));
  }

  // ---- head

  private static RandomOperation tokenLogProbs(Random random) {
    int rows = extent(random);
    int width = extent(random);
    int vocabulary = 1 + extent(random) * few(random, 20);
    int[] targets = indices(random, rows, vocabulary);
    double temperature = 0.5 + random.nextDouble();
    return of(
        "tokenLogProbs at %.2f".formatted(temperature),
        random,
        2 * width + 2 * vocabulary + rows,
        (ops, in) -> both(ops.tokenLogProbs(in[0], in[1], targets, temperature)),
        shape(rows, width),
        shape(vocabulary, width));
  }

  /** One matrix embeds and is the head. */
  private static RandomOperation tiedHead(Random random) {
    int vocabulary = 1 + extent(random);
    int[] tokens = indices(random, extent(random), vocabulary);
    int[] targets = indices(random, tokens.length, vocabulary);
    int width = extent(random);
    return of(
        "a tied head",
        random,
        2 * width + 2 * vocabulary + 2 * tokens.length,
        (ops, in) -> both(ops.tokenLogProbs(ops.embedding(in[0], tokens), in[0], targets, 1)),
        shape(vocabulary, width));
  }

  /** Of logits at hand; they are no input, since nothing flows back to them. */
  private static RandomOperation logProbs(Random random) {
    int rows = extent(random);
    int vocabulary = 1 + extent(random) * few(random, 20);
    float[] logits = numbers(random, rows * vocabulary);
    int[] targets = indices(random, rows, vocabulary);
    return of(
        "logProbs of %d rows of %d".formatted(rows, vocabulary),
        random,
        2 * vocabulary,
        (ops, in) -> both(ops.logProbs(ops.floats(logits, rows, vocabulary), targets, 0.7)));
  }

  private static List<Tensor> both(TokenLogProbs results) {
    return List.of(results.logProbs(), results.entropies());
  }

  private static int sum(int[] lengths) {
    return IntStream.of(lengths).sum();
  }

  private static int longest(int[] lengths) {
    return IntStream.of(lengths).max().orElse(0);
  }
}
