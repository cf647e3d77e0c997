package dev.hone.policy.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.checkpoint.Safetensors;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.RouterSettings.Scoring;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Tensor;
import dev.hone.policy.tensor.TokenLogProbs;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The forward pass equals that of transformers, inside and out, on every architecture. */
class ForwardParityTest {

  /** Between two right orders of fp32 the fixtures measured up to 1.1e-5. */
  private static final double TOLERANCE = 1e-4;

  private static final EveryBackend BACKENDS = new EveryBackend();

  private Ops ops;

  @AfterAll
  static void closeBackends() {
    BACKENDS.close();
  }

  static Stream<Arguments> models() {
    return EveryBackend.with(ParityFixture.ALL);
  }

  @ParameterizedTest
  @MethodSource("models")
  void statesRoutingLogitsAndLogProbabilitiesEqualThoseOfTransformers(String backend, String name) {
    ops = BACKENDS.ops(backend);
    ParityFixture fixture = new ParityFixture(name);
    Map<String, float[]> found;
    ModelConfig config;
    try (DecoderModel model = load(fixture)) {
      config = model.config();
      found = run(model, fixture);
    }
    try (Safetensors packed = fixture.open("expected_packed");
        Safetensors padded = fixture.open("expected_padded")) {
      for (String key : new TreeSet<>(packed.names())) {
        if (!key.equals("next_valid")) {
          compare(key, found, packed.floats(key), config);
        }
      }
      for (String key : new TreeSet<>(padded.names())) {
        if (!key.equals("next_valid") && !key.equals("valid")) {
          float[] rows = withoutPadding(padded, key, fixture);
          compare(key, found, rows, config);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void greedyContinuationsEqualWhetherTheCacheIsUsedOrNot(String backend, String name) {
    ops = BACKENDS.ops(backend);
    ParityFixture fixture = new ParityFixture(name);
    try (DecoderModel model = load(fixture);
        Safetensors expected = fixture.open("expected_greedy")) {
      Greedy.assertFollows(
          model,
          fixture,
          ParityFixture.ints(expected.longs("greedy_ids")),
          expected.floats("greedy_logits"));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void promptGivenInPiecesOrForkedIsThePromptGivenAtOnce(String backend, String name) {
    ops = BACKENDS.ops(backend);
    ParityFixture fixture = new ParityFixture(name);
    int[] prompt = fixture.row(1);
    int half = prompt.length / 2;
    try (DecoderModel model = load(fixture);
        Safetensors expected = fixture.open("expected_packed");
        Scope scope = ops.scope();
        KvCache cache = ops.cache(model.cacheSpec())) {
      float[] logits = expected.floats("logits");
      int vocabulary = model.config().vocabularySize();
      int slot = cache.open(half);
      float[] first = logits(model, Arrays.copyOf(prompt, half), cache, slot);
      int fork = cache.fork(slot, prompt.length);
      cache.release(slot);
      float[] second = logits(model, Arrays.copyOfRange(prompt, half, prompt.length), cache, fork);
      int at = fixture.starts()[1] * vocabulary;
      assertClose("first half", first, Arrays.copyOfRange(logits, at, at + first.length));
      at += first.length;
      assertClose("second half", second, Arrays.copyOfRange(logits, at, at + second.length));
      assertThat(cache.length(fork)).isEqualTo(prompt.length);
    }
  }

  private float[] logits(DecoderModel model, int[] tokens, KvCache cache, int slot) {
    try (Packing packing = ops.pack(new int[] {tokens.length}, cache, new int[] {slot})) {
      return model.logits(model.hidden(tokens, packing)).toFloats();
    }
  }

  private DecoderModel load(ParityFixture fixture) {
    return Checkpoint.open(fixture.directory).load(ops, Purpose.INFERENCE);
  }

  /** All that a pass over the packed rows shows. */
  static Map<String, float[]> run(DecoderModel model, ParityFixture fixture) {
    Recording recording = new Recording();
    try (Scope scope = model.ops().scope();
        Packing packing = model.ops().pack(fixture.lengths)) {
      Tensor hidden = model.hidden(fixture.tokens, packing, recording);
      recording.values.put("hidden.final_norm", hidden.toFloats());
      recording.values.put("logits", model.logits(hidden).toFloats());
      TokenLogProbs probs = model.tokenLogProbs(hidden, fixture.targets(), 1);
      float[] logProbs = probs.logProbs().toFloats();
      boolean[] next = fixture.hasNext();
      for (int i = 0; i < logProbs.length; i++) {
        logProbs[i] = next[i] ? logProbs[i] : 0;
      }
      recording.values.put("logps", logProbs);
      recording.values.put("entropy", probs.entropies().toFloats());
    }
    return recording.values;
  }

  private static void compare(
      String key, Map<String, float[]> found, float[] expected, ModelConfig config) {
    if (key.startsWith("router_logits")) {
      String layer = key.substring(key.indexOf('.') + 1);
      assertClose(key, found.get("scores." + layer), scores(expected, layer, config));
    } else if (key.startsWith("router_idx")) {
      assertThat(found.get(key)).as(key).containsExactly(expected);
    } else {
      assertClose(key, found.get(key), expected);
    }
  }

  /** Sigmoid or softmax of a router's logits. */
  private static float[] scores(float[] logits, String layer, ModelConfig config) {
    FeedForwardConfig.Moe moe =
        (FeedForwardConfig.Moe)
            config.feedForwards().get(Integer.parseInt(layer.substring("layer".length())));
    float[] scores = new float[logits.length];
    for (int row = 0; row < logits.length; row += moe.experts()) {
      double sum = 0;
      for (int e = 0; e < moe.experts(); e++) {
        sum += Math.exp(logits[row + e]);
      }
      for (int e = 0; e < moe.experts(); e++) {
        scores[row + e] =
            (float)
                (moe.router().scoring() == Scoring.SOFTMAX
                    ? Math.exp(logits[row + e]) / sum
                    : 1 / (1 + Math.exp(-logits[row + e])));
      }
    }
    return scores;
  }

  /**
   * The valid entries of a left-padded {@code [rows, longest, ...]}, in packed order.
   * Log-probabilities have one column fewer, and a row's last token then gets a 0.
   */
  private static float[] withoutPadding(Safetensors padded, String key, ParityFixture fixture) {
    float[] values = padded.floats(key);
    int[] dims = padded.entry(key).shape().dims();
    int width = dims.length == 3 ? dims[2] : 1;
    int longest = Arrays.stream(fixture.lengths).max().orElseThrow();
    float[] rows = new float[fixture.tokens.length * width];
    int to = 0;
    for (int row = 0; row < fixture.lengths.length; row++) {
      for (int t = longest - fixture.lengths[row]; t < longest; t++) {
        if (t < dims[1]) {
          System.arraycopy(values, (row * dims[1] + t) * width, rows, to, width);
        }
        to += width;
      }
    }
    return rows;
  }

  static void assertClose(String what, float[] found, float[] expected) {
    assertThat(found).as(what).isNotNull().hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(found[i] - expected[i]);
      worst = Math.max(worst, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
    }
    assertThat(worst).as("largest error of " + what).isLessThanOrEqualTo(TOLERANCE);
  }
}
