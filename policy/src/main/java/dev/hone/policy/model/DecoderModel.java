package dev.hone.policy.model;

import dev.hone.policy.InvalidInput;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Routing;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Tensor;
import dev.hone.policy.tensor.TokenLogProbs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * A decoder-only language model: {@code x = embed; x += attention(norm(x)), x +=
 * feedForward(norm(x)) per layer; logits = head(norm(x))}. The same pass serves sampling, scoring
 * and training.
 */
public final class DecoderModel implements AutoCloseable {

  private final ModelConfig config;
  private final Ops ops;
  private final ParameterLayout layout;
  private final Map<String, Parameter> parameters;
  private final Tensor embedding; // [vocabulary, width]
  private final List<DecoderLayer> layers = new ArrayList<>();
  private final Tensor gain; // [width]
  private final Tensor head; // [vocabulary, width]
  private boolean checkpointing;

  private DecoderModel(
      ModelConfig config, Ops ops, ParameterLayout layout, Map<String, Parameter> parameters) {
    this.config = config;
    this.ops = ops;
    this.layout = layout;
    this.parameters = parameters;
    Weights weights = new Weights(ops, parameters);
    this.embedding = weights.get("model.embed_tokens.weight");
    for (int i = 0; i < config.layers(); i++) {
      layers.add(new DecoderLayer(i, config, weights));
    }
    this.gain = weights.get("model.norm.weight");
    this.head = config.tiedHead() ? embedding : weights.get("lm_head.weight");
  }

  /**
   * A model whose values come from {@code source}, one parameter at a time.
   *
   * @throws InvalidInput where a parameter is larger than a Java array
   */
  public static DecoderModel of(
      ModelConfig config, Ops ops, Purpose purpose, ParameterSource source) {
    return of(
        config,
        ops,
        spec -> {
          float[] values = new float[size(spec)];
          source.fill(spec, values);
          boolean trainable = purpose == Purpose.TRAINING && spec.trained();
          return ops.parameter(spec.name(), values, trainable, spec.shape().dims());
        });
  }

  /** A model of zeros: what {@link #of} would take, without its values. */
  public static DecoderModel zeros(ModelConfig config, Ops ops, Purpose purpose) {
    return of(
        config,
        ops,
        spec ->
            ops.zeros(
                spec.name(), purpose == Purpose.TRAINING && spec.trained(), spec.shape().dims()));
  }

  private static DecoderModel of(
      ModelConfig config, Ops ops, Function<ParameterSpec, Parameter> make) {
    ParameterLayout layout = ParameterLayout.of(config);
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    try {
      for (ParameterSpec spec : layout.specs()) {
        parameters.put(spec.name(), make.apply(spec));
      }
      return new DecoderModel(config, ops, layout, parameters);
    } catch (RuntimeException e) {
      parameters.values().forEach(Parameter::close);
      throw e;
    }
  }

  private static int size(ParameterSpec spec) {
    if (spec.size() > Integer.MAX_VALUE - 8) {
      throw new InvalidInput(
          "The model does not fit: %s %s has %d numbers, at most %d can be held in one parameter."
              .formatted(spec.name(), spec.shape(), spec.size(), Integer.MAX_VALUE - 8));
    }
    return (int) spec.size();
  }

  /** A trainable model of fresh weights, which depend on {@code seed} and their names only. */
  public static DecoderModel initialize(ModelConfig config, long seed, Ops ops) {
    return initialize(config, seed, ops, Purpose.TRAINING);
  }

  /** A model of those fresh weights for {@code purpose}. */
  public static DecoderModel initialize(ModelConfig config, long seed, Ops ops, Purpose purpose) {
    return of(config, ops, purpose, new FreshWeights(seed, config.initializerRange()));
  }

  public ModelConfig config() {
    return config;
  }

  public Ops ops() {
    return ops;
  }

  /** What the parameters are called in a checkpoint. */
  public ParameterLayout layout() {
    return layout;
  }

  /** All parameters, in the order of the forward pass; correction biases are not trainable. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters.values());
  }

  /** The states after the final norm, {@code [tokens, width]}; {@code tokens} lie as packed. */
  public Tensor hidden(int[] tokens, Packing packing) {
    return hidden(tokens, packing, ForwardListener.NONE);
  }

  /**
   * As {@link #hidden(int[], Packing)}, heard by {@code listener}. Where the packing goes on in a
   * cache, its rows are counted as held when this returns.
   */
  public Tensor hidden(int[] tokens, Packing packing, ForwardListener listener) {
    Tensor x = ops.embedding(embedding, tokens);
    listener.embedding(x);
    for (int i = 0; i < layers.size(); i++) {
      try (Scope scope = ops.scope()) {
        Tensor next = scope.keep(layer(layers.get(i), x, packing, keeping(scope, listener)));
        x.close();
        x = next;
      }
      listener.layer(i, x);
    }
    Tensor states = ops.rmsNorm(x, gain, config.normEpsilon());
    x.close();
    packing.cache().ifPresent(cache -> cache.advance(packing));
    return states;
  }

  private Tensor layer(DecoderLayer layer, Tensor x, Packing packing, ForwardListener listener) {
    if (!checkpointing) {
      return layer.apply(x, packing, listener);
    }
    // What is computed again is not heard again.
    AtomicReference<ForwardListener> first = new AtomicReference<>(listener);
    return ops.checkpoint(
        x, packing, input -> layer.apply(input, packing, first.getAndSet(ForwardListener.NONE)));
  }

  /**
   * Whether a pass under a tape keeps only each layer's input, and computes the layer again for its
   * gradients: less memory, a third more work, the same numbers. What a listener hears of the
   * routing is then a constant.
   */
  public void checkpointLayers(boolean checkpoint) {
    checkpointing = checkpoint;
  }

  /** {@code [rows, width] -> [rows, vocabulary]}, before any softmax. */
  public Tensor logits(Tensor hiddenRows) {
    return ops.linear(hiddenRows, head, null);
  }

  /** Log-probabilities of {@code targets} and entropies, of softmax(logits / temperature). */
  public TokenLogProbs tokenLogProbs(Tensor hiddenRows, int[] targets, double temperature) {
    return ops.tokenLogProbs(hiddenRows, head, targets, temperature);
  }

  /** What a token costs in the cache. */
  public KvCache.Spec cacheSpec() {
    return new KvCache.Spec(config.layers(), config.attention().cacheWidth());
  }

  @Override
  public void close() {
    parameters.values().forEach(Parameter::close);
  }

  /** Hands what a balance loss needs of the routing to the scope around the layer's. */
  private static ForwardListener keeping(Scope scope, ForwardListener listener) {
    if (listener == ForwardListener.NONE) {
      return listener;
    }
    return new ForwardListener() {
      @Override
      public void attention(int layer, Tensor output) {
        listener.attention(layer, output);
      }

      @Override
      public void routed(int layer, Routing routing) {
        scope.keep(routing.experts());
        scope.keep(routing.weights());
        scope.keep(routing.scores());
        listener.routed(layer, routing);
      }

      @Override
      public void feedForward(int layer, Tensor output) {
        listener.feedForward(layer, output);
      }
    };
  }
}
