package dev.hone.policy.update;

import dev.hone.policy.loss.PolicyLossSettings;
import dev.hone.policy.loss.RouterBalance;
import dev.hone.policy.optimizer.OptimizerSettings;

/**
 * How a batch of experience becomes optimizer steps. Names and defaults are TRL's where TRL has the
 * setting, else verl's.
 *
 * @param loss the policy loss
 * @param optimizer optimizer and schedule
 * @param totalSteps optimizer steps of the whole run, which the schedule is stretched over; 0 if
 *     not known, for schedules that need no end
 * @param temperature logits are divided by it before log-probabilities are taken, as the sampler
 *     did
 * @param numIterations passes over the batch
 * @param miniBatches optimizer steps a pass: the batch is cut into this many consecutive parts
 * @param microBatchTokens prompt and completion tokens of one forward pass at most; a longer
 *     sequence goes alone. Never changes the result beyond rounding
 * @param gradientCheckpointing keep only each layer's input for the backward pass and compute the
 *     layer again: less memory, a third more work, the same result
 * @param refModelSyncSteps optimizer steps after which the reference becomes a copy of the policy;
 *     0 for never
 * @param routerAuxLossCoef weight of the routers' balance loss
 * @param routerBalance its form
 * @param expertBiasUpdateSpeed gamma of the balancing without an auxiliary loss: how far each
 *     expert's correction bias moves after a step; 0 keeps the routing of rollout and update alike
 */
public record UpdateSettings(
    PolicyLossSettings loss,
    OptimizerSettings optimizer,
    int totalSteps,
    double temperature,
    int numIterations,
    int miniBatches,
    int microBatchTokens,
    boolean gradientCheckpointing,
    int refModelSyncSteps,
    double routerAuxLossCoef,
    RouterBalance routerBalance,
    double expertBiasUpdateSpeed) {

  public UpdateSettings {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature must be positive: " + temperature);
    }
    if (numIterations < 1 || miniBatches < 1 || microBatchTokens < 1) {
      throw new IllegalArgumentException(
          "numIterations, miniBatches and microBatchTokens must be positive: "
              + numIterations
              + ", "
              + miniBatches
              + ", "
              + microBatchTokens);
    }
    if (gradientCheckpointing && routerAuxLossCoef != 0) {
      throw new IllegalArgumentException(
          "gradientCheckpointing cannot be combined with routerAuxLossCoef: a layer's scores are not"
              + " kept for the balance loss");
    }
    if (totalSteps < 0
        || refModelSyncSteps < 0
        || routerAuxLossCoef < 0
        || expertBiasUpdateSpeed < 0) {
      throw new IllegalArgumentException(
          "totalSteps, refModelSyncSteps, routerAuxLossCoef and expertBiasUpdateSpeed must not be negative");
    }
  }

  /** Every setting at its default. */
  public static UpdateSettings defaults() {
    return builder().build();
  }

  /** A builder that begins with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that begins with these settings. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.loss = loss;
    builder.optimizer = optimizer;
    builder.totalSteps = totalSteps;
    builder.temperature = temperature;
    builder.numIterations = numIterations;
    builder.miniBatches = miniBatches;
    builder.microBatchTokens = microBatchTokens;
    builder.gradientCheckpointing = gradientCheckpointing;
    builder.refModelSyncSteps = refModelSyncSteps;
    builder.routerAuxLossCoef = routerAuxLossCoef;
    builder.routerBalance = routerBalance;
    builder.expertBiasUpdateSpeed = expertBiasUpdateSpeed;
    return builder;
  }

  /** Sets the components of {@link UpdateSettings} one by one. */
  public static final class Builder {
    private PolicyLossSettings loss = PolicyLossSettings.defaults();
    private OptimizerSettings optimizer = OptimizerSettings.defaults();
    private int totalSteps = 0;
    private double temperature = 1;
    private int numIterations = 1;
    private int miniBatches = 1;
    private int microBatchTokens = 16384;
    private boolean gradientCheckpointing = false;
    private int refModelSyncSteps = 0;
    private double routerAuxLossCoef = 0;
    private RouterBalance routerBalance = RouterBalance.SEQUENCE;
    private double expertBiasUpdateSpeed = 0;

    private Builder() {}

    public Builder loss(PolicyLossSettings loss) {
      this.loss = loss;
      return this;
    }

    public Builder optimizer(OptimizerSettings optimizer) {
      this.optimizer = optimizer;
      return this;
    }

    public Builder totalSteps(int totalSteps) {
      this.totalSteps = totalSteps;
      return this;
    }

    public Builder temperature(double temperature) {
      this.temperature = temperature;
      return this;
    }

    public Builder numIterations(int numIterations) {
      this.numIterations = numIterations;
      return this;
    }

    public Builder miniBatches(int miniBatches) {
      this.miniBatches = miniBatches;
      return this;
    }

    public Builder microBatchTokens(int microBatchTokens) {
      this.microBatchTokens = microBatchTokens;
      return this;
    }

    public Builder gradientCheckpointing(boolean gradientCheckpointing) {
      this.gradientCheckpointing = gradientCheckpointing;
      return this;
    }

    public Builder refModelSyncSteps(int refModelSyncSteps) {
      this.refModelSyncSteps = refModelSyncSteps;
      return this;
    }

    public Builder routerAuxLossCoef(double routerAuxLossCoef) {
      this.routerAuxLossCoef = routerAuxLossCoef;
      return this;
    }

    public Builder routerBalance(RouterBalance routerBalance) {
      this.routerBalance = routerBalance;
      return this;
    }

    public Builder expertBiasUpdateSpeed(double expertBiasUpdateSpeed) {
      this.expertBiasUpdateSpeed = expertBiasUpdateSpeed;
      return this;
    }

    public UpdateSettings build() {
      return new UpdateSettings(
          loss,
          optimizer,
          totalSteps,
          temperature,
          numIterations,
          miniBatches,
          microBatchTokens,
          gradientCheckpointing,
          refModelSyncSteps,
          routerAuxLossCoef,
          routerBalance,
          expertBiasUpdateSpeed);
    }
  }
}
