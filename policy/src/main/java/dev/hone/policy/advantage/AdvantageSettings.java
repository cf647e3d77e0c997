package dev.hone.policy.advantage;

import java.io.Serializable;

/**
 * How rewards become advantages. Names and defaults are TRL's where TRL has the setting.
 *
 * @param advantage the estimator
 * @param scaleRewards what GRPO divides by
 * @param multiObjectiveAggregation whether GRPO sums the rewards before or after it normalises them
 * @param normalizeAdvantages RLOO: whiten over the batch
 * @param rewardClipMin RLOO: rewards below are raised to it (TRL: reward_clip_range)
 * @param rewardClipMax RLOO: rewards above are lowered to it
 * @param klInRewardCoef RLOO: weight of the sequence's divergence from the reference, subtracted
 *     from its reward (TRL's RLOO: beta)
 */
public record AdvantageSettings(
    AdvantageEstimator advantage,
    ScaleRewards scaleRewards,
    MultiObjectiveAggregation multiObjectiveAggregation,
    boolean normalizeAdvantages,
    double rewardClipMin,
    double rewardClipMax,
    double klInRewardCoef)
    implements Serializable {

  public AdvantageSettings {
    if (klInRewardCoef < 0) {
      throw new IllegalArgumentException("klInRewardCoef must not be negative: " + klInRewardCoef);
    }
  }

  /** Every setting at its default. */
  public static AdvantageSettings defaults() {
    return builder().build();
  }

  /** A builder that begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that begins with these settings. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.advantage = advantage;
    builder.scaleRewards = scaleRewards;
    builder.multiObjectiveAggregation = multiObjectiveAggregation;
    builder.normalizeAdvantages = normalizeAdvantages;
    builder.rewardClipMin = rewardClipMin;
    builder.rewardClipMax = rewardClipMax;
    builder.klInRewardCoef = klInRewardCoef;
    return builder;
  }

  /** Sets the components of {@link AdvantageSettings} one by one. */
  public static final class Builder {
    private AdvantageEstimator advantage = AdvantageEstimator.GRPO;
    private ScaleRewards scaleRewards = ScaleRewards.GROUP;
    private MultiObjectiveAggregation multiObjectiveAggregation =
        MultiObjectiveAggregation.SUM_THEN_NORMALIZE;
    private boolean normalizeAdvantages = false;
    private double rewardClipMin = Double.NEGATIVE_INFINITY;
    private double rewardClipMax = Double.POSITIVE_INFINITY;
    private double klInRewardCoef = 0;

    private Builder() {}

    public Builder advantage(AdvantageEstimator advantage) {
      this.advantage = advantage;
      return this;
    }

    public Builder scaleRewards(ScaleRewards scaleRewards) {
      this.scaleRewards = scaleRewards;
      return this;
    }

    public Builder multiObjectiveAggregation(MultiObjectiveAggregation multiObjectiveAggregation) {
      this.multiObjectiveAggregation = multiObjectiveAggregation;
      return this;
    }

    public Builder normalizeAdvantages(boolean normalizeAdvantages) {
      this.normalizeAdvantages = normalizeAdvantages;
      return this;
    }

    public Builder rewardClipMin(double rewardClipMin) {
      this.rewardClipMin = rewardClipMin;
      return this;
    }

    public Builder rewardClipMax(double rewardClipMax) {
      this.rewardClipMax = rewardClipMax;
      return this;
    }

    public Builder klInRewardCoef(double klInRewardCoef) {
      this.klInRewardCoef = klInRewardCoef;
      return this;
    }

    public AdvantageSettings build() {
      return new AdvantageSettings(
          advantage,
          scaleRewards,
          multiObjectiveAggregation,
          normalizeAdvantages,
          rewardClipMin,
          rewardClipMax,
          klInRewardCoef);
    }
  }
}
