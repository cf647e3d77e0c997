package dev.hone.policy.update;

import dev.hone.policy.loss.LossMetrics;
import dev.hone.policy.loss.RouterBalance;
import dev.hone.policy.loss.RouterBalanceLoss;
import dev.hone.policy.model.ForwardListener;
import dev.hone.policy.tensor.GradientTape.Root;
import dev.hone.policy.tensor.Parameter;
import dev.hone.policy.tensor.Routing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Watches the routers during one optimizer step: counts how often each expert is chosen, and adds
 * the balance loss to the gradient. The batch form needs the counts of the whole step before the
 * first gradient, so that the cut into micro-batches does not matter: see {@link #needsCounts}.
 */
final class Routers implements ForwardListener {

  private final double coefficient;
  private final RouterBalance form;
  private final Map<Integer, Routing> current = new LinkedHashMap<>();
  private final Map<Integer, long[]> counts = new TreeMap<>();
  private Map<Integer, long[]> stepCounts;

  Routers(double coefficient, RouterBalance form) {
    this.coefficient = coefficient;
    this.form = form;
  }

  @Override
  public void routed(int layer, Routing routing) {
    current.put(layer, routing);
    long[] chosen = counts.computeIfAbsent(layer, key -> new long[routing.scores().shape().dim(1)]);
    for (int expert : routing.experts().toInts()) {
      chosen[expert]++;
    }
  }

  /** Whether a pass without gradients must count the choices of the whole step first. */
  boolean needsCounts() {
    return coefficient != 0 && form == RouterBalance.BATCH && stepCounts == null;
  }

  /** Ends that pass. */
  void counted() {
    stepCounts = new TreeMap<>(counts);
    counts.clear();
    current.clear();
  }

  /** Forgets the last forward pass. */
  void nextPass() {
    current.clear();
  }

  /**
   * The balance loss of the last forward pass and its gradients.
   *
   * @param packed what was passed forward
   * @param sequences of the whole optimizer step
   */
  List<Root> balance(PackedCompletions packed, int sequences, LossMetrics metrics) {
    List<Root> roots = new ArrayList<>();
    if (coefficient == 0) {
      return roots;
    }
    for (Routing routing : current.values()) {
      float[] scores = routing.scores().toFloats();
      float[] byScores = new float[scores.length];
      double loss =
          form == RouterBalance.SEQUENCE
              ? sequenceWise(routing, packed, scores, sequences, byScores)
              : batchWise(packed, scores, byScores);
      metrics.sum("aux_loss", loss / coefficient);
      metrics.sum("loss", loss);
      roots.add(new Root(routing.scores(), byScores));
    }
    return roots;
  }

  private double sequenceWise(
      Routing routing, PackedCompletions packed, float[] scores, int sequences, float[] byScores) {
    int experts = routing.scores().shape().dim(1);
    int topK = routing.experts().shape().dim(1);
    double loss = 0;
    int from = 0;
    for (int length : packed.lengths()) {
      loss +=
          RouterBalanceLoss.ofSequence(scores, experts, from, from + length, topK)
              .add(
                  scores,
                  from,
                  from + length,
                  coefficient / ((double) length * sequences),
                  byScores);
      from += length;
    }
    return loss;
  }

  private double batchWise(PackedCompletions packed, float[] scores, float[] byScores) {
    long[] total = null;
    long choices = 0;
    for (long[] layer : stepCounts.values()) {
      total = total == null ? new long[layer.length] : total;
      for (int e = 0; e < layer.length; e++) {
        total[e] += layer[e];
        choices += layer[e];
      }
    }
    int topK = current.values().iterator().next().experts().shape().dim(1);
    double tokens = choices / (double) topK;
    return RouterBalanceLoss.ofBatch(total, tokens)
        .add(scores, 0, packed.tokens().length, coefficient / tokens, byScores);
  }

  /**
   * DeepSeek-V3's balancing without an auxiliary loss: {@code b_i += speed * sign(mean(c) - c_i)}.
   *
   * @param parameters of the model, of which the correction biases are moved
   */
  void moveBiases(List<Parameter> parameters, double speed) {
    for (Parameter parameter : parameters) {
      for (Map.Entry<Integer, long[]> entry : counts.entrySet()) {
        String name = "model.layers." + entry.getKey() + ".mlp.gate.e_score_correction_bias";
        if (parameter.name().equals(name)) {
          parameter.assign(moved(parameter.value().toFloats(), entry.getValue(), speed));
        }
      }
    }
  }

  private static float[] moved(float[] bias, long[] counts, double speed) {
    double mean = 0;
    for (long count : counts) {
      mean += count / (double) counts.length;
    }
    for (int e = 0; e < bias.length; e++) {
      bias[e] += (float) (speed * Math.signum(mean - counts[e]));
    }
    return bias;
  }
}
