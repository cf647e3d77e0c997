package dev.hone.policy.nativecpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.kernels.Kernels;
import dev.hone.policy.Shared;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.generation.GenerationRequest;
import dev.hone.policy.generation.Generator;
import dev.hone.policy.generation.RandomKey;
import dev.hone.policy.generation.SamplingSettings;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.optimizer.LrSchedulerType;
import dev.hone.policy.optimizer.OptimizerSettings;
import dev.hone.policy.tensor.MemoryUse;
import dev.hone.policy.update.Learner;
import dev.hone.policy.update.SupervisedSequence;
import dev.hone.policy.update.UpdateSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Native memory is not the collector's: it is reused, and given back. */
@NeedsKernels
class NativeMemoryTest {

  @Test
  void sizeClassesHoldWhatIsAskedForAndLittleMore() {
    for (long bytes = 1; bytes < 1L << 40; bytes += 1 + bytes / 7) {
      long held = Memory.bytesOf(Memory.sizeClass(bytes));
      assertThat(held).isGreaterThanOrEqualTo(bytes);
      assertThat(held).isLessThanOrEqualTo(Math.max(256, bytes + bytes / 4 + 64));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-deepseek-v3", "tiny-dense/qwen2-tied"})
  void aStepThatWasMadeOnceAllocatesNothing(String name) {
    try (NativeOps ops = new NativeOps(2, Kernels.FP32);
        DecoderModel model = load(name, ops);
        Learner learner = new Learner(model, settings(false))) {
      step(model, learner);
      step(model, learner);
      step(model, learner);
      MemoryUse before = ops.memory().use();
      for (int i = 0; i < 3; i++) {
        step(model, learner);
        assertThat(ops.memory().use().used()).isEqualTo(before.used());
      }
      assertThat(ops.memory().use()).isEqualTo(before);
    }
  }

  /** Answers grow and shrink from step to step; what one length took serves the next. */
  @Test
  void stepsOfManyLengthsShareTheirMemory() {
    try (NativeOps ops = new NativeOps(2, Kernels.FP32);
        DecoderModel model = load("tiny-dense/qwen2", ops);
        Learner learner = new Learner(model, settings(false))) {
      for (int length : new int[] {40, 150, 70, 199, 20, 111, 180, 90, 199, 33}) {
        learner.fit(sequences(model, 24, length));
      }
      MemoryUse use = ops.memory().use();
      assertThat(use.held()).isBetween(use.peakBytes(), use.peakBytes() * 11 / 10);
    }
  }

  @Test
  void blocksMergeWithTheirNeighboursWhenTheyComeBack() {
    List<Long> asked = new ArrayList<>();
    Regions regions =
        new Regions(
            bytes -> {
              asked.add(bytes);
              return (long) asked.size() << 40;
            });
    Random random = new Random(7);
    TreeMap<Long, Long> live = new TreeMap<>();
    long most = 0;
    for (int i = 0; i < 20_000; i++) {
      if (live.isEmpty() || (random.nextInt(100) < 55 && live.size() < 60)) {
        long bytes = 1 + random.nextInt(1 << 20);
        long address = regions.allocate(bytes);
        Long below = live.floorKey(address);
        Long above = live.higherKey(address);
        assertThat(below == null || below + live.get(below) <= address).isTrue();
        assertThat(above == null || address + bytes <= above).isTrue();
        live.put(address, bytes);
        most = Math.max(most, live.values().stream().mapToLong(b -> b).sum());
      } else {
        Long address = new ArrayList<>(live.keySet()).get(random.nextInt(live.size()));
        regions.release(address, live.remove(address));
      }
    }
    assertThat(asked).hasSize(1);
    assertThat(regions.reached()).isLessThan(most * 3 / 2);
    live.forEach(regions::release);
    assertThat(regions.allocate(asked.get(0))).isEqualTo(1L << 40);
  }

  /** The system's addresses may go down; the first region is filled first all the same. */
  @Test
  void theOldestRegionIsFilledFirst() {
    List<Long> asked = new ArrayList<>();
    Regions regions =
        new Regions(
            bytes -> {
              asked.add(bytes);
              return (long) (100 - asked.size()) << 40;
            });
    for (int round = 0; round < 3; round++) {
      List<Long> blocks = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        blocks.add(regions.allocate(8 << 20));
      }
      assertThat(regions.reached()).isEqualTo(40L * (8 << 20));
      blocks.forEach(block -> regions.release(block, 8 << 20));
    }
    assertThat(asked).hasSize(2);
  }

  @Test
  void layersThatAreComputedAgainNeedLessMemory() {
    assertThat(peakOfAStep(true)).isLessThan(peakOfAStep(false) * 3 / 4);
  }

  private static long peakOfAStep(boolean checkpointing) {
    try (NativeOps ops = new NativeOps(1, Kernels.FP32);
        DecoderModel model = load("tiny-dense/qwen2", ops);
        Learner learner = new Learner(model, settings(checkpointing))) {
      learner.fit(sequences(model, 16, 200));
      return ops.memory().use().peakBytes();
    }
  }

  @Test
  void whenAllIsClosedNothingIsInUse() {
    try (NativeOps ops = new NativeOps(1, Kernels.FP32)) {
      try (DecoderModel model = load("tiny-deepseek-v3", ops);
          Learner learner = new Learner(model, settings(true))) {
        step(model, learner);
        assertThat(ops.memory().use().usedBytes()).isPositive();
      }
      // The rotary tables stay: they belong to the operations.
      assertThat(ops.memory().use().usedBytes()).isLessThan(100_000);
    }
  }

  private static void step(DecoderModel model, Learner learner) {
    List<GenerationRequest> requests =
        List.of(
            new GenerationRequest(0, new int[] {5, 6, 7}, 3),
            new GenerationRequest(1, new int[] {9}, 3));
    new Generator(model, Set.of(), 4)
        .generate(requests, SamplingSettings.DEFAULT.withMaxNewTokens(70), new RandomKey(1, 2));
    learner.fit(sequences(model, 3, 40));
  }

  private static List<SupervisedSequence> sequences(DecoderModel model, int count, int length) {
    Random random = new Random(4);
    List<SupervisedSequence> sequences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] tokens = random.ints(length, 3, model.config().vocabularySize()).toArray();
      sequences.add(new SupervisedSequence(new int[] {1}, tokens));
    }
    return sequences;
  }

  private static DecoderModel load(String name, NativeOps ops) {
    return Checkpoint.open(Shared.directory("fixtures/" + name)).load(ops, Purpose.TRAINING);
  }

  private static UpdateSettings settings(boolean checkpointing) {
    return UpdateSettings.builder()
        .gradientCheckpointing(checkpointing)
        .optimizer(
            OptimizerSettings.builder()
                .learningRate(1e-4)
                .lrSchedulerType(LrSchedulerType.CONSTANT)
                .build())
        .build();
  }
}
