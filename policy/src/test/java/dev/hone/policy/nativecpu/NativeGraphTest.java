package dev.hone.policy.nativecpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.kernels.KernelException;
import dev.hone.kernels.Kernels;
import dev.hone.policy.Shared;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.tensor.DecodeGraph;
import dev.hone.policy.tensor.GradientTape;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.MemoryPart;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A captured decode step computes what the step itself computes, whoever uses memory meanwhile. */
@NeedsKernels
class NativeGraphTest {

  private final Random random = new Random(3);
  private NativeOps ops;
  private DecoderModel model;

  @BeforeEach
  void open() {
    ops = new NativeOps(2, Kernels.BF16);
    load("tiny-deepseek-v3");
  }

  @AfterEach
  void close() {
    ops.close();
  }

  private void load(String name) {
    model = Checkpoint.open(Shared.directory("fixtures/" + name)).load(ops, Purpose.INFERENCE);
  }

  private Tensor logits(int[] tokens, Packing packing) {
    return model.logits(model.hidden(tokens, packing));
  }

  /** The logits of the last token of each sequence, computed operation by operation. */
  private float[] plain(KvCache cache, int[] tokens, int[] lengths, int[] slots) {
    try (Scope scope = ops.scope();
        Packing packing = ops.pack(lengths, cache, slots)) {
      return logits(tokens, packing).toFloats();
    }
  }

  private int[] tokens(int count) {
    return random.ints(count, 3, model.config().vocabularySize()).toArray();
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** A cache of one sequence for each of these lengths. */
  private KvCache prompted(long seed, int... lengths) {
    KvCache cache = ops.cache(model.cacheSpec());
    int[] slots = new int[lengths.length];
    Arrays.setAll(slots, i -> cache.open(model.config().maxPositions()));
    int[] tokens =
        new Random(seed)
            .ints(Arrays.stream(lengths).sum(), 3, model.config().vocabularySize())
            .toArray();
    plain(cache, tokens, lengths, slots);
    return cache;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-deepseek-v3", "tiny-dense/qwen3-moe", "tiny-dense/qwen2-tied"})
  void replaysGiveTheBitsOfTheStepItself(String name) {
    load(name);
    int steps = Math.min(150, model.config().maxPositions() - 20);
    DecodeGraph graph = null;
    try (KvCache captured = prompted(1, 3, 17, 9, 1);
        KvCache same = prompted(1, 3, 17, 9, 1)) {
      for (int step = 0; step < steps; step++) {
        int[] slots = step < 20 ? new int[] {0, 1, 2, 3} : new int[] {step % 2, 3 - step % 2};
        int[] tokens = tokens(slots.length);
        if (graph == null || !graph.replay(tokens, slots)) {
          assertThat(graph == null || step == 20).as("captured again at %d", step).isTrue();
          graph = ops.capture(tokens, captured, slots, this::logits).orElseThrow();
        }
        assertThat(graph.output().toFloats())
            .as("step %d", step)
            .isEqualTo(plain(same, tokens, ones(slots.length), slots));
        for (int slot : slots) {
          assertThat(captured.length(slot)).isEqualTo(same.length(slot));
        }
      }
      graph.close();
    }
  }

  @Test
  void sequencesThatOutgrowTheirRoomAskForAnotherCapture() {
    try (KvCache cache = prompted(1, 5)) {
      int captures = 0;
      DecodeGraph graph = null;
      for (int step = 0; step < 300; step++) {
        int[] slots = {0};
        if (graph == null || !graph.replay(tokens(1), slots)) {
          graph = ops.capture(tokens(1), cache, slots, this::logits).orElseThrow();
          captures++;
        }
        assertThat(cache.length(0)).isEqualTo(5 + step + 1);
      }
      assertThat(captures).isEqualTo(2);
      graph.close();
    }
  }

  @Test
  void whatIsHeldMeanwhileIsLeftAlone() {
    try (KvCache captured = prompted(1, 4, 6);
        KvCache same = prompted(1, 4, 6);
        DecodeGraph graph =
            ops.capture(new int[] {5, 6}, captured, new int[] {0, 1}, this::logits).orElseThrow();
        Scope scope = ops.scope()) {
      plain(same, new int[] {5, 6}, ones(2), new int[] {0, 1});
      int width = model.config().vocabularySize();
      for (int step = 0; step < 10; step++) {
        Tensor held = ops.floats(new float[2 * width], 2, width);
        Tensor sum = ops.add(held, held);
        int[] tokens = tokens(2);
        assertThat(graph.replay(tokens, new int[] {0, 1})).isTrue();
        assertThat(sum.toFloats()).containsOnly(0);
        assertThat(graph.output().toFloats())
            .isEqualTo(plain(same, tokens, ones(2), new int[] {0, 1}));
      }
    }
  }

  @Test
  void closingGivesAllMemoryBack() {
    try (KvCache cache = prompted(1, 4, 6)) {
      plain(cache, tokens(2), ones(2), new int[] {0, 1});
      Map<MemoryPart, Long> before = ops.memory().use().used();
      DecodeGraph graph =
          ops.capture(tokens(2), cache, new int[] {0, 1}, this::logits).orElseThrow();
      assertThat(graph.replay(tokens(2), new int[] {1, 0})).isTrue();
      assertThat(ops.memory().use().used()).isNotEqualTo(before);
      graph.close();
      graph.close();
      assertThat(ops.memory().use().used()).isEqualTo(before);
    }
  }

  @Test
  void aStepThatFailsIsForgotten() {
    try (KvCache cache = prompted(1, 4)) {
      Map<MemoryPart, Long> before = ops.memory().use().used();
      int[] slots = {0};
      assertThatThrownBy(
              () ->
                  ops.capture(
                      tokens(1),
                      cache,
                      slots,
                      (tokens, packing) -> {
                        ops.floats(new float[1], 1);
                        return logits(tokens, packing);
                      }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("uploads nothing but its tokens");
      assertThatThrownBy(
              () ->
                  ops.capture(
                      tokens(1),
                      cache,
                      slots,
                      (tokens, packing) -> ops.add(model.parameters().get(0).value(), null)))
          .isInstanceOf(RuntimeException.class);
      assertThat(ops.memory().use().used()).isEqualTo(before);
      ops.capture(tokens(1), cache, slots, this::logits).orElseThrow().close();
    }
  }

  @Test
  void aReplayOfWhatDoesNotFitIsRefused() {
    try (KvCache cache = prompted(1, 4, 6);
        DecodeGraph graph =
            ops.capture(tokens(2), cache, new int[] {0, 1}, this::logits).orElseThrow()) {
      assertThat(graph.replay(tokens(1), new int[] {1})).isFalse();
      assertThatThrownBy(() -> graph.replay(tokens(3), new int[] {0, 1}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("3 tokens for 2 sequences");
      assertThatThrownBy(() -> graph.replay(tokens(2), new int[] {1, 1}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("slot of its own");
      int beyond = model.config().vocabularySize();
      assertThatThrownBy(() -> graph.replay(new int[] {5, beyond}, new int[] {0, 1}))
          .isInstanceOf(KernelException.class);
      assertThat(cache.length(0)).isEqualTo(5);
      assertThat(graph.replay(tokens(2), new int[] {0, 1})).isTrue();
      assertThat(cache.length(0)).isEqualTo(6);
    }
  }

  @Test
  void nothingIsCapturedUnderATape() {
    try (KvCache cache = prompted(1, 4);
        GradientTape tape = ops.tape()) {
      assertThatThrownBy(() -> ops.capture(tokens(1), cache, new int[] {0}, this::logits))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("tape");
    }
  }
}
