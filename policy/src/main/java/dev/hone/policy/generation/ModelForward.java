package dev.hone.policy.generation;

import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.tensor.DecodeGraph;
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

  /** The decode step of the latest number of sequences, where the backend captures it. */
  private Optional<DecodeGraph> graph = Optional.empty();

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
    if (isOneEach(lengths)) {
      decode(tokens, lengths, slots);
      return;
    }
    try (Scope scope = ops.scope();
        Packing packing = ops.pack(lengths, cache, slots)) {
      Tensor hidden = model.hidden(tokens, packing);
      int[] last = new int[slots.length];
      for (int s = 0; s < slots.length; s++) {
        last[s] = packing.starts()[s + 1] - 1;
      }
      lastLogits = scope.keep(model.logits(ops.gatherRows(hidden, last)));
    }
  }

  private static boolean isOneEach(int[] lengths) {
    boolean one = true;
    for (int length : lengths) {
      one &= length == 1;
    }
    return one;
  }

  /** One token of each sequence: as captured the last time, where that still fits. */
  private void decode(int[] tokens, int[] lengths, int[] slots) {
    if (graph.isEmpty() || !graph.get().replay(tokens, slots)) {
      forgetGraph();
      graph = ops.capture(tokens, cache, slots, this::logits);
    }
    if (graph.isPresent()) {
      lastLogits = graph.get().output();
      return;
    }
    try (Scope scope = ops.scope();
        Packing packing = ops.pack(lengths, cache, slots)) {
      lastLogits = scope.keep(logits(tokens, packing));
    }
  }

  private Tensor logits(int[] tokens, Packing packing) {
    return model.logits(model.hidden(tokens, packing));
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
    boolean ofGraph = graph.isPresent() && graph.get().output() == lastLogits;
    if (lastLogits != null && !ofGraph) {
      lastLogits.close();
    }
    lastLogits = null;
  }

  private void forgetGraph() {
    graph.ifPresent(DecodeGraph::close);
    graph = Optional.empty();
  }

  @Override
  public void close() {
    forgetLogits();
    forgetGraph();
    cache.close();
  }
}
