package dev.hone.policy.generation;

import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.tensor.KvCache;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Tensor;
import java.util.Optional;

/** {@link ForwardPass} of a {@link DecoderModel}, with a cache of its own. */
final class ModelForward implements ForwardPass {

  private final DecoderModel model;
  private final Ops ops;
  private final KvCache cache;

  /** Of the last pass, {@code [rows, vocabulary]}; null before the first. */
  private Tensor lastLogits;

  ModelForward(DecoderModel model) {
    this.model = model;
    this.ops = model.ops();
    this.cache = ops.cache(model.cacheSpec());
  }

  @Override
  public KvCache cache() {
    return cache;
  }

  @Override
  public int vocabularySize() {
    return model.config().vocabularySize();
  }

  @Override
  public int maxPositions() {
    return model.config().maxPositions();
  }

  @Override
  public void run(int[] tokens, int[] lengths, int[] slots) {
    forgetLogits();
    try (Scope scope = ops.scope();
        Packing packing = ops.pack(lengths, cache, slots)) {
      Tensor hidden = model.hidden(tokens, packing);
      if (tokens.length > slots.length) {
        int[] last = new int[slots.length];
        for (int s = 0; s < slots.length; s++) {
          last[s] = packing.starts()[s + 1] - 1;
        }
        hidden = ops.gatherRows(hidden, last);
      }
      lastLogits = scope.keep(model.logits(hidden));
    }
  }

  @Override
  public float[] lastLogits() {
    return lastLogits.toFloats();
  }

  @Override
  public Optional<int[]> sample(int[] rows, double[] uniforms, double temperature) {
    return ops.sample(lastLogits, rows, uniforms, temperature);
  }

  @Override
  public float[] logProbs(int[] rows, int[] tokens, double temperature) {
    try (Scope scope = ops.scope()) {
      Tensor logits = isAll(rows) ? lastLogits : ops.gatherRows(lastLogits, rows);
      return ops.logProbs(logits, tokens, temperature).logProbs().toFloats();
    }
  }

  private boolean isAll(int[] rows) {
    boolean all = rows.length == lastLogits.shape().dim(0);
    for (int i = 0; i < rows.length; i++) {
      all &= rows[i] == i;
    }
    return all;
  }

  private void forgetLogits() {
    if (lastLogits != null) {
      lastLogits.close();
      lastLogits = null;
    }
  }

  @Override
  public void close() {
    forgetLogits();
    cache.close();
  }
}
