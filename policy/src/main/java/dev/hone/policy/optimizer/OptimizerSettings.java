package dev.hone.policy.optimizer;

/**
 * AdamW, its learning-rate schedule and the clipping of its gradients. Names and defaults are those
 * of transformers' TrainingArguments as TRL's GRPOConfig sets them.
 *
 * @param learningRate the peak of the schedule
 * @param adamBeta1 decay of the first moment
 * @param adamBeta2 decay of the second moment
 * @param adamEpsilon added to the root of the second moment
 * @param weightDecay decoupled decay; never applied to norms and biases
 * @param maxGradNorm global L2 norm that gradients are scaled down to; 0 for no clipping
 * @param lrSchedulerType shape of the schedule after the warm-up
 * @param warmupSteps optimizer steps over which the rate rises linearly from 0
 * @param minLrRatio share of the peak that the schedule falls to
 * @param numDecaySteps length of the final decay of {@link LrSchedulerType#WARMUP_STABLE_DECAY}
 */
public record OptimizerSettings(
    double learningRate,
    double adamBeta1,
    double adamBeta2,
    double adamEpsilon,
    double weightDecay,
    double maxGradNorm,
    LrSchedulerType lrSchedulerType,
    int warmupSteps,
    double minLrRatio,
    int numDecaySteps) {

  public OptimizerSettings {
    if (learningRate < 0 || weightDecay < 0 || maxGradNorm < 0 || adamEpsilon < 0) {
      throw new IllegalArgumentException(
          "learningRate, weightDecay, maxGradNorm and adamEpsilon must not be negative");
    }
    if (!(adamBeta1 >= 0 && adamBeta1 < 1 && adamBeta2 >= 0 && adamBeta2 < 1)) {
      throw new IllegalArgumentException(
          "adamBeta1 and adamBeta2 must be in [0, 1): " + adamBeta1 + ", " + adamBeta2);
    }
    if (warmupSteps < 0 || numDecaySteps < 0 || !(minLrRatio >= 0 && minLrRatio <= 1)) {
      throw new IllegalArgumentException(
          "warmupSteps and numDecaySteps must not be negative and minLrRatio must be in [0, 1]");
    }
  }

  /** Every setting at its default. */
  public static OptimizerSettings defaults() {
    return builder().build();
  }

  /** A builder that begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that begins with these settings. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.learningRate = learningRate;
    builder.adamBeta1 = adamBeta1;
    builder.adamBeta2 = adamBeta2;
    builder.adamEpsilon = adamEpsilon;
    builder.weightDecay = weightDecay;
    builder.maxGradNorm = maxGradNorm;
    builder.lrSchedulerType = lrSchedulerType;
    builder.warmupSteps = warmupSteps;
    builder.minLrRatio = minLrRatio;
    builder.numDecaySteps = numDecaySteps;
    return builder;
  }

  /** Sets the components of {@link OptimizerSettings} one by one. */
  public static final class Builder {
    private double learningRate = 1e-6;
    private double adamBeta1 = 0.9;
    private double adamBeta2 = 0.999;
    private double adamEpsilon = 1e-8;
    private double weightDecay = 0;
    private double maxGradNorm = 1;
    private LrSchedulerType lrSchedulerType = LrSchedulerType.LINEAR;
    private int warmupSteps = 0;
    private double minLrRatio = 0;
    private int numDecaySteps = 0;

    private Builder() {}

    public Builder learningRate(double learningRate) {
      this.learningRate = learningRate;
      return this;
    }

    public Builder adamBeta1(double adamBeta1) {
      this.adamBeta1 = adamBeta1;
      return this;
    }

    public Builder adamBeta2(double adamBeta2) {
      this.adamBeta2 = adamBeta2;
      return this;
    }

    public Builder adamEpsilon(double adamEpsilon) {
      this.adamEpsilon = adamEpsilon;
      return this;
    }

    public Builder weightDecay(double weightDecay) {
      this.weightDecay = weightDecay;
      return this;
    }

    public Builder maxGradNorm(double maxGradNorm) {
      this.maxGradNorm = maxGradNorm;
      return this;
    }

    public Builder lrSchedulerType(LrSchedulerType lrSchedulerType) {
      this.lrSchedulerType = lrSchedulerType;
      return this;
    }

    public Builder warmupSteps(int warmupSteps) {
      this.warmupSteps = warmupSteps;
      return this;
    }

    public Builder minLrRatio(double minLrRatio) {
      this.minLrRatio = minLrRatio;
      return this;
    }

    public Builder numDecaySteps(int numDecaySteps) {
      this.numDecaySteps = numDecaySteps;
      return this;
    }

    public OptimizerSettings build() {
      return new OptimizerSettings(
          learningRate,
          adamBeta1,
          adamBeta2,
          adamEpsilon,
          weightDecay,
          maxGradNorm,
          lrSchedulerType,
          warmupSteps,
          minLrRatio,
          numDecaySteps);
    }
  }
}
