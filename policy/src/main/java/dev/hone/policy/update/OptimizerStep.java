package dev.hone.policy.update;

import dev.hone.policy.loss.LossMetrics;
import dev.hone.policy.loss.SequenceLoss;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.ForwardListener;
import dev.hone.policy.optimizer.AdamW;
import dev.hone.policy.tensor.GradientTape;
import dev.hone.policy.tensor.GradientTape.Root;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.TokenLogProbs;
import java.util.ArrayList;
import java.util.List;

/**
 * One optimizer step over some sequences: gradients are summed over micro-batches, looked at, and
 * only then applied.
 */
final class OptimizerStep {

  /** The loss of one sequence and its gradient, given what the policy now thinks of it. */
  interface Objective {
    /**
     * @param sequence where it stands in the batch
     * @param logProbs {@code [completion]}
     * @param entropies {@code [completion]}
     */
    SequenceLoss of(int sequence, double[] logProbs, double[] entropies, LossMetrics metrics);
  }

  private final DecoderModel model;
  private final UpdateSettings settings;
  private final double temperature;

  OptimizerStep(DecoderModel model, UpdateSettings settings, double temperature) {
    this.model = model;
    this.settings = settings;
    this.temperature = temperature;
    model.checkpointLayers(settings.gradientCheckpointing());
  }

  /**
   * Learns from the sequences {@code indices} of the batch.
   *
   * @param learningRate of this step
   * @return the step's metrics
   * @throws NonFiniteUpdateException before any parameter is changed
   */
  LossMetrics take(
      List<? extends TokenSequence> batch,
      List<Integer> indices,
      Objective objective,
      AdamW optimizer,
      double learningRate) {
    Routers routers = new Routers(settings.routerAuxLossCoef(), settings.routerBalance());
    List<int[]> microBatches = MicroBatches.of(batch, indices, settings.microBatchTokens());
    if (routers.needsCounts()) {
      count(batch, microBatches, routers);
    }
    LossMetrics metrics = new LossMetrics();
    optimizer.zeroGradients();
    List<Integer> bad = new ArrayList<>();
    for (int index : indices) {
      if (batch.get(index).completionTokens().length == 0) {
        objective.of(index, new double[0], new double[0], metrics);
      }
    }
    for (int[] microBatch : microBatches) {
      bad.addAll(accumulate(batch, microBatch, indices.size(), objective, routers, metrics));
    }
    if (!bad.isEmpty()) {
      optimizer.zeroGradients();
      throw new NonFiniteUpdateException("loss", optimizer.steps() + 1L, bad);
    }
    double norm = optimizer.gradientNorm();
    if (!Double.isFinite(norm)) {
      bad = culprits(batch, indices, objective, optimizer, routers);
      optimizer.zeroGradients();
      throw new NonFiniteUpdateException("gradient", optimizer.steps() + 1L, bad);
    }
    optimizer.step(learningRate, norm);
    optimizer.zeroGradients();
    if (settings.expertBiasUpdateSpeed() != 0) {
      routers.moveBiases(model.parameters(), settings.expertBiasUpdateSpeed());
    }
    metrics.sum("grad_norm", norm);
    metrics.sum("lr", learningRate);
    return metrics;
  }

  /** Adds the gradient of one micro-batch; returns the sequences whose loss is not finite. */
  private List<Integer> accumulate(
      List<? extends TokenSequence> batch,
      int[] microBatch,
      int stepSequences,
      Objective objective,
      Routers routers,
      LossMetrics metrics) {
    PackedCompletions packed = PackedCompletions.of(batch, microBatch);
    List<Integer> bad = new ArrayList<>();
    routers.nextPass();
    try (Scope scope = model.ops().scope();
        GradientTape tape = model.ops().tape()) {
      TokenLogProbs result = packed.forward(model, temperature, listener(routers));
      float[] logProbs = result.logProbs().toFloats();
      float[] entropies = result.entropies().toFloats();
      float[] byLogProbs = new float[logProbs.length];
      float[] byEntropies = new float[logProbs.length];
      for (int i = 0; i < microBatch.length; i++) {
        SequenceLoss loss =
            objective.of(microBatch[i], packed.of(logProbs, i), packed.of(entropies, i), metrics);
        if (!Double.isFinite(loss.loss())) {
          bad.add(microBatch[i]);
        }
        packed.put(loss.byLogProbs(), i, byLogProbs);
        packed.put(loss.byEntropies(), i, byEntropies);
      }
      if (bad.isEmpty()) {
        List<Root> roots = new ArrayList<>();
        roots.add(new Root(result.logProbs(), byLogProbs));
        if (anyNonZero(byEntropies)) {
          roots.add(new Root(result.entropies(), byEntropies));
        }
        roots.addAll(routers.balance(packed, stepSequences, metrics));
        tape.backward(roots);
      }
    }
    return bad;
  }

  /** Those whose gradient alone is not finite; all of them where only their sum is not. */
  private List<Integer> culprits(
      List<? extends TokenSequence> batch,
      List<Integer> indices,
      Objective objective,
      AdamW optimizer,
      Routers routers) {
    List<Integer> bad = new ArrayList<>();
    for (int[] alone : MicroBatches.of(batch, indices, 1)) {
      optimizer.zeroGradients();
      accumulate(batch, alone, indices.size(), objective, routers, new LossMetrics());
      if (!Double.isFinite(optimizer.gradientNorm())) {
        bad.add(alone[0]);
      }
    }
    return bad.isEmpty() ? indices : bad;
  }

  private void count(
      List<? extends TokenSequence> batch, List<int[]> microBatches, Routers routers) {
    for (int[] microBatch : microBatches) {
      try (Scope scope = model.ops().scope()) {
        PackedCompletions.of(batch, microBatch).forward(model, temperature, routers);
      }
    }
    routers.counted();
  }

  private ForwardListener listener(Routers routers) {
    return settings.routerAuxLossCoef() != 0 || settings.expertBiasUpdateSpeed() != 0
        ? routers
        : ForwardListener.NONE;
  }

  private static boolean anyNonZero(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return true;
      }
    }
    return false;
  }
}
