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
   * Updates by batches of as many sequences, each so long; empty where the backend cannot tell.
   *
   * @param supervised whether the sequences are demonstrations, not answers with advantages
   */
  public Optional<MemoryNeed> update(
      UpdateSettings settings,
      boolean supervised,
      int sequences,
      int promptTokens,
      int completionTokens) {
    return backend
        .outline()
        .map(ops -> update(ops, settings, supervised, sequences, promptTokens, completionTokens));
  }

  private MemoryNeed update(
      Ops ops,
      UpdateSettings settings,
      boolean supervised,
      int sequences,
      int promptTokens,
      int completionTokens) {
    // What fills a pass and begins another is enough: further passes take no more.
    long length = promptTokens + completionTokens;
    int enough = (int) Math.min(sequences, settings.microBatchTokens() / length + 2);
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
            learner.fit(
                filled(
                    enough,
                    new SupervisedSequence(new int[promptTokens], new int[completionTokens])));
          } else {
            learner.update(
                filled(
                    enough,
                    new TrainingSequence(
                        new int[promptTokens], new int[completionTokens], null, 1, null, null)),
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

  /**
   * Sampling groups of answers to prompts, each answer as long as it may be; empty where the
   * backend cannot tell.
   *
   * @param maxRunning sequences decoded side by side in one task
   * @param tasks that sample side by side with one policy
   */
  public Optional<MemoryNeed> rollout(
      int prompts, int promptTokens, int samples, int maxNewTokens, int maxRunning, int tasks) {
    return backend
        .outline()
        .map(ops -> rollout(ops, prompts, promptTokens, samples, maxNewTokens, maxRunning, tasks));
  }

  private MemoryNeed rollout(
      Ops ops,
      int prompts,
      int promptTokens,
      int samples,
      int maxNewTokens,
      int maxRunning,
      int tasks) {
    int promptsOfTask = (prompts + tasks - 1) / tasks;
    int running = (int) Math.min(maxRunning, (long) promptsOfTask * samples);
    int groups = (running + samples - 1) / samples;
    int positions = config.maxPositions() - promptTokens;
    try (ops;
        DecoderModel model = DecoderModel.zeros(config, ops, Purpose.INFERENCE)) {
      List<GenerationRequest> requests = new ArrayList<>();
      for (int i = 0; i < Math.min(promptsOfTask, 2 * groups); i++) {
        requests.add(new GenerationRequest(i, new int[promptTokens], samples));
      }
      new Generator(model, Set.of(), maxRunning)
          .generate(
              requests,
              SamplingSettings.DEFAULT.withMaxNewTokens(Math.min(maxNewTokens, 2)),
              new RandomKey(0, 0));
      Map<MemoryNeed.Part, Long> parts =
          new HashMap<>(MemoryNeed.of(ops.memoryUse().orElseThrow(), 0, 0).parts());
      parts.put(
          MemoryNeed.Part.CACHE,
          fullCache(model, groups, running, promptTokens, Math.min(maxNewTokens, positions)));
      parts.replaceAll((part, bytes) -> part == MemoryNeed.Part.WEIGHTS ? bytes : tasks * bytes);
      return new MemoryNeed(parts);
    }
  }

  /** Bytes of the cache when every running sequence is about to end. */
  private static long fullCache(
      DecoderModel model, int groups, int running, int promptTokens, int newTokens) {
    try (KvCache cache = model.ops().cache(model.cacheSpec())) {
      int left = running;
      for (int group = 0; group < groups; group++) {
        int samples = Math.min(left, (running + groups - 1) / groups);
        left -= samples;
        int prompt = cache.open(promptTokens);
        extend(model.ops(), cache, prompt, promptTokens);
        for (int i = 0; i < samples; i++) {
          int slot = cache.fork(prompt, promptTokens + newTokens);
          extend(model.ops(), cache, slot, newTokens);
        }
        cache.release(prompt);
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
