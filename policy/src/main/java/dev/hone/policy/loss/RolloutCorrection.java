package dev.hone.policy.loss;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Weights {@code w = exp(old - sampling)} that correct for a sampler whose numbers are not the
 * trainer's; see {@link ImportanceSamplingCorrection}.
 */
record RolloutCorrection(ImportanceSamplingCorrection mode, OptionalDouble min, double max) {

  /**
   * The weight of every token; of sequence forms the same for all.
   *
   * @return {@code [completion]}; ones where nothing is corrected
   */
  double[] weights(PolicySequence sequence) {
    double[] weights = new double[sequence.mask().length];
    Arrays.fill(weights, 1);
    if (mode == ImportanceSamplingCorrection.NONE || sequence.samplingLogProbs() == null) {
      return weights;
    }
    if (overSequence()) {
      Arrays.fill(weights, sequenceWeight(sequence));
      return weights;
    }
    for (int t = 0; t < weights.length; t++) {
      if (sequence.mask()[t]) {
        weights[t] = bounded(Math.exp(difference(sequence, t)));
      }
    }
    return weights;
  }

  /** The logarithm of the weight of the sequence as a whole, each factor clamped as VESPO does. */
  double logWeight(PolicySequence sequence) {
    if (mode == ImportanceSamplingCorrection.NONE || sequence.samplingLogProbs() == null) {
      return 0;
    }
    if (overSequence()) {
      return Vespo.clamp(Math.log(sequenceWeight(sequence)));
    }
    double sum = 0;
    double[] weights = weights(sequence);
    for (int t = 0; t < weights.length; t++) {
      sum += sequence.mask()[t] ? Vespo.clamp(Math.log(weights[t])) : 0;
    }
    return sum;
  }

  private boolean overSequence() {
    return mode == ImportanceSamplingCorrection.SEQUENCE_TRUNCATE
        || mode == ImportanceSamplingCorrection.SEQUENCE_MASK;
  }

  private double sequenceWeight(PolicySequence sequence) {
    double sum = 0;
    for (int t = 0; t < sequence.mask().length; t++) {
      sum += sequence.mask()[t] ? difference(sequence, t) : 0;
    }
    return bounded(Math.exp(sum));
  }

  /** A log-probability the sampler could not give (NaN) corrects nothing. */
  private static double difference(PolicySequence sequence, int t) {
    double difference = sequence.oldLogProbs()[t] - sequence.samplingLogProbs()[t];
    return Double.isNaN(difference) ? 0 : difference;
  }

  private double bounded(double weight) {
    boolean truncate =
        mode == ImportanceSamplingCorrection.TOKEN_TRUNCATE
            || mode == ImportanceSamplingCorrection.SEQUENCE_TRUNCATE;
    double low = min.orElse(0);
    if (truncate) {
      return Math.max(low, Math.min(max, weight));
    }
    return weight < low || weight > max ? 0 : weight;
  }
}
