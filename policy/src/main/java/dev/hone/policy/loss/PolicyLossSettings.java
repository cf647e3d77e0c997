package dev.hone.policy.loss;

import java.util.OptionalDouble;

/**
 * What the policy is pushed by: the loss of a token, its constraint to the old and the reference
 * policy, and how tokens are summed. Names and defaults are TRL's (GRPOConfig) where TRL has the
 * setting, else verl's.
 *
 * @param lossType the per-token loss and how tokens are summed
 * @param importanceSamplingLevel whether a token's ratio is its own or its sequence's (GSPO)
 * @param epsilon lower clip width: ratios below {@code 1 - epsilon} are clipped
 * @param epsilonHigh upper clip width ({@code epsilon} where absent; DAPO 0.28); for CISPO the cap
 *     of the weight itself, not 1 + it
 * @param delta upper cap on the unclipped ratio (two-sided clipping, INTELLECT-2)
 * @param dualClip for negative advantages the loss is at most {@code -dualClip * A} (Ye et al.,
 *     2020; verl: 3)
 * @param beta weight of the penalty for leaving the reference policy; 0 needs no reference
 * @param klEstimator estimator of that divergence
 * @param useBiasCorrectionKl multiply the estimate by the importance ratio, as TRL does since 1.13
 * @param sapoTemperatureNeg SAPO's temperature where A <= 0
 * @param sapoTemperaturePos SAPO's temperature where A > 0
 * @param vespoKPos VESPO's exponent where A >= 0
 * @param vespoLambdaPos VESPO's decay where A >= 0
 * @param vespoKNeg VESPO's exponent where A < 0
 * @param vespoLambdaNeg VESPO's decay where A < 0
 * @param entropyCoef weight of the mean entropy, which is subtracted from the loss
 * @param topEntropyQuantile share of the tokens, those of highest entropy, that the policy term
 *     learns from
 * @param offPolicyMaskThreshold a sequence with A < 0 whose mean {@code sampling - current}
 *     log-probability exceeds this is left out of the policy term
 * @param importanceSamplingCorrection how the difference between the sampler's and the trainer's
 *     log-probabilities is corrected
 * @param importanceSamplingMin lower bound of the correction's weight
 * @param importanceSamplingMax upper bound of the correction's weight
 * @param maxCompletionLength the constant length Dr. GRPO divides by
 */
public record PolicyLossSettings(
    LossType lossType,
    ImportanceSamplingLevel importanceSamplingLevel,
    double epsilon,
    OptionalDouble epsilonHigh,
    OptionalDouble delta,
    OptionalDouble dualClip,
    double beta,
    KlEstimator klEstimator,
    boolean useBiasCorrectionKl,
    double sapoTemperatureNeg,
    double sapoTemperaturePos,
    double vespoKPos,
    double vespoLambdaPos,
    double vespoKNeg,
    double vespoLambdaNeg,
    double entropyCoef,
    double topEntropyQuantile,
    OptionalDouble offPolicyMaskThreshold,
    ImportanceSamplingCorrection importanceSamplingCorrection,
    OptionalDouble importanceSamplingMin,
    double importanceSamplingMax,
    int maxCompletionLength) {

  public PolicyLossSettings {
    if (epsilon < 0 || beta < 0) {
      throw new IllegalArgumentException(
          "epsilon and beta must not be negative: " + epsilon + ", " + beta);
    }
    if (!(topEntropyQuantile > 0 && topEntropyQuantile <= 1)) {
      throw new IllegalArgumentException(
          "topEntropyQuantile must be in (0, 1]: " + topEntropyQuantile);
    }
    if (maxCompletionLength < 1) {
      throw new IllegalArgumentException(
          "maxCompletionLength must be positive: " + maxCompletionLength);
    }
  }

  /** Every setting at its default. */
  public static PolicyLossSettings defaults() {
    return builder().build();
  }

  /** A builder that begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that begins with these settings. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.lossType = lossType;
    builder.importanceSamplingLevel = importanceSamplingLevel;
    builder.epsilon = epsilon;
    builder.epsilonHigh = epsilonHigh;
    builder.delta = delta;
    builder.dualClip = dualClip;
    builder.beta = beta;
    builder.klEstimator = klEstimator;
    builder.useBiasCorrectionKl = useBiasCorrectionKl;
    builder.sapoTemperatureNeg = sapoTemperatureNeg;
    builder.sapoTemperaturePos = sapoTemperaturePos;
    builder.vespoKPos = vespoKPos;
    builder.vespoLambdaPos = vespoLambdaPos;
    builder.vespoKNeg = vespoKNeg;
    builder.vespoLambdaNeg = vespoLambdaNeg;
    builder.entropyCoef = entropyCoef;
    builder.topEntropyQuantile = topEntropyQuantile;
    builder.offPolicyMaskThreshold = offPolicyMaskThreshold;
    builder.importanceSamplingCorrection = importanceSamplingCorrection;
    builder.importanceSamplingMin = importanceSamplingMin;
    builder.importanceSamplingMax = importanceSamplingMax;
    builder.maxCompletionLength = maxCompletionLength;
    return builder;
  }

  /** Sets the components of {@link PolicyLossSettings} one by one. */
  public static final class Builder {
    private LossType lossType = LossType.DAPO;
    private ImportanceSamplingLevel importanceSamplingLevel = ImportanceSamplingLevel.TOKEN;
    private double epsilon = 0.2;
    private OptionalDouble epsilonHigh = OptionalDouble.empty();
    private OptionalDouble delta = OptionalDouble.empty();
    private OptionalDouble dualClip = OptionalDouble.empty();
    private double beta = 0;
    private KlEstimator klEstimator = KlEstimator.K3;
    private boolean useBiasCorrectionKl = true;
    private double sapoTemperatureNeg = 1.05;
    private double sapoTemperaturePos = 1;
    private double vespoKPos = 2;
    private double vespoLambdaPos = 3;
    private double vespoKNeg = 3;
    private double vespoLambdaNeg = 2;
    private double entropyCoef = 0;
    private double topEntropyQuantile = 1;
    private OptionalDouble offPolicyMaskThreshold = OptionalDouble.empty();
    private ImportanceSamplingCorrection importanceSamplingCorrection =
        ImportanceSamplingCorrection.NONE;
    private OptionalDouble importanceSamplingMin = OptionalDouble.empty();
    private double importanceSamplingMax = 3;
    private int maxCompletionLength = 512;

    private Builder() {}

    public Builder lossType(LossType lossType) {
      this.lossType = lossType;
      return this;
    }

    public Builder importanceSamplingLevel(ImportanceSamplingLevel importanceSamplingLevel) {
      this.importanceSamplingLevel = importanceSamplingLevel;
      return this;
    }

    public Builder epsilon(double epsilon) {
      this.epsilon = epsilon;
      return this;
    }

    public Builder epsilonHigh(double epsilonHigh) {
      this.epsilonHigh = OptionalDouble.of(epsilonHigh);
      return this;
    }

    public Builder epsilonHigh(OptionalDouble epsilonHigh) {
      this.epsilonHigh = epsilonHigh;
      return this;
    }

    public Builder delta(double delta) {
      this.delta = OptionalDouble.of(delta);
      return this;
    }

    public Builder delta(OptionalDouble delta) {
      this.delta = delta;
      return this;
    }

    public Builder dualClip(double dualClip) {
      this.dualClip = OptionalDouble.of(dualClip);
      return this;
    }

    public Builder dualClip(OptionalDouble dualClip) {
      this.dualClip = dualClip;
      return this;
    }

    public Builder beta(double beta) {
      this.beta = beta;
      return this;
    }

    public Builder klEstimator(KlEstimator klEstimator) {
      this.klEstimator = klEstimator;
      return this;
    }

    public Builder useBiasCorrectionKl(boolean useBiasCorrectionKl) {
      this.useBiasCorrectionKl = useBiasCorrectionKl;
      return this;
    }

    public Builder sapoTemperatureNeg(double sapoTemperatureNeg) {
      this.sapoTemperatureNeg = sapoTemperatureNeg;
      return this;
    }

    public Builder sapoTemperaturePos(double sapoTemperaturePos) {
      this.sapoTemperaturePos = sapoTemperaturePos;
      return this;
    }

    public Builder vespoKPos(double vespoKPos) {
      this.vespoKPos = vespoKPos;
      return this;
    }

    public Builder vespoLambdaPos(double vespoLambdaPos) {
      this.vespoLambdaPos = vespoLambdaPos;
      return this;
    }

    public Builder vespoKNeg(double vespoKNeg) {
      this.vespoKNeg = vespoKNeg;
      return this;
    }

    public Builder vespoLambdaNeg(double vespoLambdaNeg) {
      this.vespoLambdaNeg = vespoLambdaNeg;
      return this;
    }

    public Builder entropyCoef(double entropyCoef) {
      this.entropyCoef = entropyCoef;
      return this;
    }

    public Builder topEntropyQuantile(double topEntropyQuantile) {
      this.topEntropyQuantile = topEntropyQuantile;
      return this;
    }

    public Builder offPolicyMaskThreshold(double offPolicyMaskThreshold) {
      this.offPolicyMaskThreshold = OptionalDouble.of(offPolicyMaskThreshold);
      return this;
    }

    public Builder offPolicyMaskThreshold(OptionalDouble offPolicyMaskThreshold) {
      this.offPolicyMaskThreshold = offPolicyMaskThreshold;
      return this;
    }

    public Builder importanceSamplingCorrection(
        ImportanceSamplingCorrection importanceSamplingCorrection) {
      this.importanceSamplingCorrection = importanceSamplingCorrection;
      return this;
    }

    public Builder importanceSamplingMin(double importanceSamplingMin) {
      this.importanceSamplingMin = OptionalDouble.of(importanceSamplingMin);
      return this;
    }

    public Builder importanceSamplingMin(OptionalDouble importanceSamplingMin) {
      this.importanceSamplingMin = importanceSamplingMin;
      return this;
    }

    public Builder importanceSamplingMax(double importanceSamplingMax) {
      this.importanceSamplingMax = importanceSamplingMax;
      return this;
    }

    public Builder maxCompletionLength(int maxCompletionLength) {
      this.maxCompletionLength = maxCompletionLength;
      return this;
    }

    public PolicyLossSettings build() {
      return new PolicyLossSettings(
          lossType,
          importanceSamplingLevel,
          epsilon,
          epsilonHigh,
          delta,
          dualClip,
          beta,
          klEstimator,
          useBiasCorrectionKl,
          sapoTemperatureNeg,
          sapoTemperaturePos,
          vespoKPos,
          vespoLambdaPos,
          vespoKNeg,
          vespoLambdaNeg,
          entropyCoef,
          topEntropyQuantile,
          offPolicyMaskThreshold,
          importanceSamplingCorrection,
          importanceSamplingMin,
          importanceSamplingMax,
          maxCompletionLength);
    }
  }
}
