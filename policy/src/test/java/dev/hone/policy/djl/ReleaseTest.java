package dev.hone.policy.djl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.policy.tensor.GradientTape;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Tensor;
import dev.hone.policy.tensor.TokenLogProbs;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Native memory is not the collector's: whatever a step makes is gone when its scopes are. */
class ReleaseTest {

  private final Ops ops = new DjlBackend().open(1);

  @Test
  void aTrainingStepLeavesNothingBehind() {
    try (Parameter head = ops.parameter("head", new float[32 * 8], true, 32, 8)) {
      train(head);
      int before = arrays();
      for (int i = 0; i < 3; i++) {
        train(head);
      }
      assertThat(arrays()).isEqualTo(before);
    }
  }

  private void train(Parameter head) {
    int[] tokens = {1, 2, 3, 4, 5, 6};
    try (Scope scope = ops.scope();
        Packing packing = ops.pack(new int[] {2, 4});
        GradientTape tape = ops.tape()) {
      Tensor x = ops.reshape(ops.embedding(head.value(), tokens), 6, 2, 4);
      Tensor y = ops.reshape(ops.attention(x, x, x, 0.5, packing, 0), 6, 8);
      TokenLogProbs both = ops.tokenLogProbs(y, head.value(), tokens, 1);
      tape.backward(
          List.of(
              new GradientTape.Root(both.logProbs(), new float[6]),
              new GradientTape.Root(both.entropies(), new float[6])));
      ops.globalNorm(List.of(head));
      head.zeroGradient();
    }
  }

  @Test
  void aGenerationLeavesNothingBehind() {
    generate();
    int before = arrays();
    for (int i = 0; i < 3; i++) {
      generate();
    }
    assertThat(arrays()).isEqualTo(before);
  }

  private void generate() {
    try (KvCache cache = ops.cache(new KvCache.Spec(1, 16))) {
      int slot = cache.open(200);
      for (int length : new int[] {3, 1, 90, 1}) {
        try (Scope scope = ops.scope();
            Packing packing = ops.pack(new int[] {length}, cache, new int[] {slot})) {
          Tensor x = ops.floats(new float[length * 8], length, 2, 4);
          ops.attention(x, x, x, 0.5, packing, 0).toFloats();
          cache.advance(packing);
        }
      }
      cache.fork(slot, 200);
    }
  }

  private static int arrays() {
    return TorchThread.enter(1).manager().getManagedArrays().size();
  }
}
