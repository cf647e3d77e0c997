package dev.hone.policy.nativecpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.policy.Shared;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.generation.Completion;
import dev.hone.policy.generation.GenerationRequest;
import dev.hone.policy.generation.Generator;
import dev.hone.policy.generation.RandomKey;
import dev.hone.policy.generation.SamplingSettings;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.optimizer.LrSchedulerType;
import dev.hone.policy.optimizer.OptimizerSettings;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.update.Learner;
import dev.hone.policy.update.SequenceScorer;
import dev.hone.policy.update.TrainingSequence;
import dev.hone.policy.update.UpdateMetrics;
import dev.hone.policy.update.UpdateSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The promise of the native backend: a sequence's numbers are the same bits alone, in any batch, at
 * any place of the pack, with any number of threads, in rollout and in training.
 */
abstract class SameBitsContract {

  abstract Ops open(int threads);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny-deepseek-v3",
        "tiny-deepseek-v2-lite",
        "variants/v3-16experts-yarn-eps",
        "variants/v3-nogroup-noqlora-tied-halfrope",
        "tiny-dense/qwen2",
        "tiny-dense/llama3-rope",
        "tiny-dense/qwen3",
        "tiny-dense/qwen3-moe"
      })
  void onPolicyTheImportanceRatioIsOne(String name) {
    List<GenerationRequest> requests = requests(5, 4);
    List<Completion> first = null;
    for (int[] setting : new int[][] {{2, 3, 1 << 14}, {1, 64, 1 << 14}, {3, 8, 100}, {2, 1, 1}}) {
      int threads = setting[0];
      int maxRunning = setting[1];
      int microBatchTokens = setting[2];
      try (Ops ops = open(threads);
          DecoderModel model = load(name, ops, Purpose.INFERENCE)) {
        List<Completion> completions = generate(model, requests, maxRunning, 0.8);
        List<TrainingSequence> sequences = sequences(requests, completions);
        List<SequenceScorer.Scores> scores =
            new SequenceScorer(model, 0.8, microBatchTokens).score(sequences);
        for (int i = 0; i < completions.size(); i++) {
          float[] sampled = completions.get(i).logProbs();
          double[] trained = scores.get(i).logProbs();
          for (int t = 0; t < sampled.length; t++) {
            assertThat((float) trained[t])
                .as("%s, completion %d, token %d, %s", name, i, t, Arrays.toString(setting))
                .isEqualTo(sampled[t]);
          }
        }
        if (first == null) {
          first = completions;
        }
        for (int i = 0; i < completions.size(); i++) {
          assertThat(completions.get(i).tokens()).isEqualTo(first.get(i).tokens());
          assertThat(completions.get(i).logProbs()).isEqualTo(first.get(i).logProbs());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-deepseek-v3", "tiny-dense/qwen3-moe", "tiny-dense/qwen2"})
  void statesDoNotDependOnTheBatchOrThePlaceInIt(String name) {
    Random random = new Random(5);
    try (Ops ops = open(2);
        DecoderModel model = load(name, ops, Purpose.INFERENCE)) {
      int vocabulary = model.config().vocabularySize();
      int[] sequence = random.ints(23, 3, vocabulary).toArray();
      float[] alone = states(model, List.of(sequence), 0);
      for (int round = 0; round < 12; round++) {
        List<int[]> pack = new ArrayList<>();
        int others = 1 + random.nextInt(6);
        for (int i = 0; i < others; i++) {
          pack.add(random.ints(1 + random.nextInt(60), 3, vocabulary).toArray());
        }
        int place = random.nextInt(others + 1);
        pack.add(place, sequence);
        assertThat(states(model, pack, place)).as("round " + round).isEqualTo(alone);
      }
    }
  }

  private static float[] states(DecoderModel model, List<int[]> pack, int place) {
    int[] tokens = pack.stream().flatMapToInt(Arrays::stream).toArray();
    int[] lengths = pack.stream().mapToInt(sequence -> sequence.length).toArray();
    try (Scope scope = model.ops().scope();
        Packing packing = model.ops().pack(lengths)) {
      float[] all = model.hidden(tokens, packing).toFloats();
      int width = all.length / tokens.length;
      return Arrays.copyOfRange(
          all, packing.starts()[place] * width, packing.starts()[place + 1] * width);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-deepseek-v3", "tiny-dense/qwen3-moe", "tiny-dense/qwen2-tied"})
  void anUpdateGivesTheSameWeightsWithAnyNumberOfThreads(String name) {
    List<GenerationRequest> requests = requests(4, 4);
    float[][] expected = updated(name, 1, requests, 1 << 14);
    for (int threads : new int[] {2, 3}) {
      assertThat(updated(name, threads, requests, 1 << 14)).isDeepEqualTo(expected);
    }
  }

  /** Gradients of weights go on with the same sums; a tied head has two, added at the end. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny-deepseek-v3",
        "tiny-dense/qwen3-moe",
        "tiny-dense/llama",
        "tiny-dense/qwen2-tied",
        "variants/v3-nogroup-noqlora-tied-halfrope"
      })
  void anUpdateGivesTheSameWeightsHoweverItIsCutIntoMicroBatches(String name) {
    List<GenerationRequest> requests = requests(4, 4);
    float[][] expected = updated(name, 2, requests, 1 << 14);
    for (int microBatchTokens : new int[] {1, 64, 150}) {
      assertThat(updated(name, 2, requests, microBatchTokens)).isDeepEqualTo(expected);
    }
  }

  /** Layers computed again give the gradients of layers that were kept. */
  @ParameterizedTest
  @ValueSource(strings = {"tiny-deepseek-v3", "tiny-dense/qwen3-moe", "tiny-dense/qwen2-tied"})
  void anUpdateGivesTheSameWeightsWithLayersComputedAgain(String name) {
    List<GenerationRequest> requests = requests(4, 4);
    assertThat(
            updated(
                name,
                2,
                requests,
                settings(1 << 14).toBuilder().gradientCheckpointing(true).build()))
        .isDeepEqualTo(updated(name, 2, requests, 1 << 14));
  }

  private float[][] updated(
      String name, int threads, List<GenerationRequest> requests, int microBatchTokens) {
    return updated(name, threads, requests, settings(microBatchTokens));
  }

  private float[][] updated(
      String name, int threads, List<GenerationRequest> requests, UpdateSettings settings) {
    try (Ops ops = open(threads);
        DecoderModel model = load(name, ops, Purpose.TRAINING);
        Learner learner = new Learner(model, settings)) {
      for (int step = 0; step < 2; step++) {
        List<Completion> completions = generate(model, requests, 6, 1);
        UpdateMetrics metrics = learner.update(sequences(requests, completions), Optional.empty());
        assertThat(metrics.value("training/rollout_probs_diff_max")).isZero();
        assertThat(metrics.value("sampling/sampling_logp_difference/max")).isZero();
      }
      return model.parameters().stream()
          .map(Parameter::value)
          .map(value -> value.toFloats())
          .toArray(float[][]::new);
    }
  }

  private static UpdateSettings settings(int microBatchTokens) {
    return UpdateSettings.builder()
        .microBatchTokens(microBatchTokens)
        .optimizer(
            OptimizerSettings.builder()
                .learningRate(1e-3)
                .lrSchedulerType(LrSchedulerType.CONSTANT)
                .build())
        .build();
  }

  private static DecoderModel load(String name, Ops ops, Purpose purpose) {
    return Checkpoint.open(Shared.directory("fixtures/" + name)).load(ops, purpose);
  }

  /** Prompts of many lengths, longer than a page of the cache among them. */
  private static List<GenerationRequest> requests(int prompts, int samples) {
    Random random = new Random(11);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < prompts; i++) {
      int length = i == 1 ? 70 : 1 + random.nextInt(20);
      requests.add(new GenerationRequest(i, random.ints(length, 3, 60).toArray(), samples));
    }
    return requests;
  }

  private static List<Completion> generate(
      DecoderModel model, List<GenerationRequest> requests, int maxRunning, double temperature) {
    return new Generator(model, Set.of(2), maxRunning)
        .generate(
            requests,
            SamplingSettings.DEFAULT.withTemperature(temperature).withMaxNewTokens(40),
            new RandomKey(3, 1))
        .completions();
  }

  private static List<TrainingSequence> sequences(
      List<GenerationRequest> requests, List<Completion> completions) {
    List<TrainingSequence> sequences = new ArrayList<>();
    for (Completion completion : completions) {
      sequences.add(
          new TrainingSequence(
              requests.get((int) completion.promptId()).promptTokens(),
              completion.tokens(),
              null,
              completion.sample() % 2 == 0 ? 1 : -1,
              completion.logProbs(),
              completion.samplingLogProbs()));
    }
    return sequences;
  }
}
