package dev.hone.policy.memory;

import dev.hone.policy.generation.GenerationRequest;
import dev.hone.policy.generation.Generator;
import dev.hone.policy.generation.RandomKey;
import dev.hone.policy.generation.SamplingSettings;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.ModelConfig;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.MemoryPart;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.update.Learner;
import dev.hone.policy.update.SupervisedSequence;
import dev.hone.policy.update.TrainingSequence;
import dev.hone.policy.update.UpdateSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What updates and rollouts take outside the JVM's heap. Nothing is estimated from formulas: the
 * very code that will run is run once over a backend's outline ({@link Backends.Choice#outline}),
 * which counts and computes nothing.
 */
public final class MemoryPlan {

  private final Backends.Choice backend;
  private final ModelConfig config;

  /** Of a model on a backend. */
  public MemoryPlan(Backends.Choice backend, ModelConfig config) {
    this.backend = backend;
    this.config = config;
  }

  /**
   * Updates by such batches; empty where the backend cannot tell.
   *
   * @param supervised whether the sequences are demonstrations, not answers with advantages
   */
  public Optional<MemoryNeed> update(
      UpdateSettings settings, boolean supervised, BatchShape batch) {
    return backend.outline().map(ops -> update(ops, settings, supervised, batch));
  }

  private MemoryNeed update(
      Ops ops, UpdateSettings settings, boolean supervised, BatchShape batch) {
    // What fills a pass and begins another is enough: further passes take no more.
    int enough =
        Math.min(batch.sequences(), settings.microBatchTokens() / batch.tokensOfSequence() + 2);
    int[] prompt = new int[batch.promptTokens()];
    int[] completion = new int[batch.completionTokens()];
    UpdateSettings planned = settings.toBuilder().refModelSyncSteps(0).miniBatches(1).build();
    try (ops;
        DecoderModel model = DecoderModel.zeros(config, ops, Purpose.TRAINING)) {
      long before = weights(ops);
      try (Learner learner = new Learner(model, planned)) {
        long moments = weights(ops) - before;
        Optional<DecoderModel> reference = Optional.empty();
        if (!supervised && settings.loss().beta() != 0) {
          reference = Optional.of(DecoderModel.zeros(config, ops, Purpose.INFERENCE));
        }
        // In the second step gradients and the layouts of weights are there from the beginning.
        for (int step = 0; step < 2; step++) {
          if (supervised) {
            learner.fit(filled(enough, new SupervisedSequence(prompt, completion)));
          } else {
            learner.update(
                filled(enough, new TrainingSequence(prompt, completion, null, 1, null, null)),
                reference);
          }
        }
        long all = weights(ops);
        reference.ifPresent(DecoderModel::close);
        return MemoryNeed.of(ops.memoryUse().orElseThrow(), all - weights(ops), moments);
      }
    }
  }

  private static <T> List<T> filled(int count, T value) {
    return IntStream.range(0, count).mapToObj(i -> value).toList();
  }

  /** Answering, each answer as long as it may be; empty where the backend cannot tell. */
  public Optional<MemoryNeed> rollout(RolloutShape shape) {
    return backend.outline().map(ops -> rollout(ops, shape));
  }

  private MemoryNeed rollout(Ops ops, RolloutShape shape) {
    try (ops;
        DecoderModel model = DecoderModel.zeros(config, ops, Purpose.INFERENCE)) {
      List<GenerationRequest> requests = new ArrayList<>();
      for (int i = 0; i < Math.min(shape.promptsOfTask(), 2 * shape.groups()); i++) {
        requests.add(new GenerationRequest(i, new int[shape.promptTokens()], shape.samples()));
      }
      new Generator(model, Set.of(), shape.maxRunning())
          .generate(
              requests,
              SamplingSettings.DEFAULT.withMaxNewTokens(Math.min(shape.maxNewTokens(), 2)),
              new RandomKey(0, 0));
      Map<MemoryNeed.Part, Long> parts =
          new HashMap<>(MemoryNeed.of(ops.memoryUse().orElseThrow(), 0, 0).parts());
      parts.put(MemoryNeed.Part.CACHE, fullCache(model, shape));
      parts.replaceAll(
          (part, bytes) -> part == MemoryNeed.Part.WEIGHTS ? bytes : shape.tasks() * bytes);
      return new MemoryNeed(parts);
    }
  }

  /** Bytes of one task's cache when every running sequence is about to end. */
  private static long fullCache(DecoderModel model, RolloutShape shape) {
    int prompt = shape.promptTokens();
    int answer = Math.min(shape.maxNewTokens(), model.config().maxPositions() - prompt);
    try (KvCache cache = model.ops().cache(model.cacheSpec())) {
      int left = shape.running();
      while (left > 0) {
        int first = cache.open(prompt);
        extend(model.ops(), cache, first, prompt);
        for (int i = 0; i < shape.samples() && left > 0; i++, left--) {
          extend(model.ops(), cache, cache.fork(first, prompt + answer), answer);
        }
        cache.release(first);
      }
      return cache.bytes();
    }
  }

  private static void extend(Ops ops, KvCache cache, int slot, int tokens) {
    try (Packing packing = ops.pack(new int[] {tokens}, cache, new int[] {slot})) {
      cache.advance(packing);
    }
  }

  private static long weights(Ops ops) {
    return ops.memoryUse().orElseThrow().used().get(MemoryPart.WEIGHTS);
  }
}
