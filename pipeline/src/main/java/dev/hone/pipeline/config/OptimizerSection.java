package dev.hone.pipeline.config;

import dev.hone.policy.optimizer.LrSchedulerType;
import dev.hone.policy.optimizer.OptimizerSettings;

/** AdamW and its schedule. Norms and biases do not decay. */
public record OptimizerSection(
    @Setting(value = "1e-6", min = 0, doc = "Peak learning rate") double learningRate,
    @Setting(value = "linear", doc = "Course of the learning rate after the warm-up")
        LrSchedulerType lrSchedulerType,
    @Setting(value = "0", min = 0, doc = "Updates over which the learning rate rises from 0")
        int warmupSteps,
    @Setting(
            value = "0.0",
            min = 0,
            max = 1,
            doc = "Where linear and cosine end, as a share of the peak")
        double minLrRatio,
    @Setting(value = "0", min = 0, doc = "warmup_stable_decay: updates of the final decay")
        int numDecaySteps,
    @Setting(value = "0.9", min = 0, below = 1, doc = "Decay of the gradient's running mean")
        double adamBeta1,
    @Setting(
            value = "0.999",
            min = 0,
            below = 1,
            doc = "Decay of the squared gradient's running mean")
        double adamBeta2,
    @Setting(value = "1e-8", above = 0, doc = "Added to the denominator") double adamEpsilon,
    @Setting(value = "0.0", min = 0, doc = "Decoupled weight decay") double weightDecay,
    @Setting(value = "1.0", min = 0, doc = "Clip the gradient to this norm; 0 does not clip")
        double maxGradNorm) {

  /** The same for the updater. */
  OptimizerSettings settings() {
    return OptimizerSettings.builder()
        .learningRate(learningRate)
        .lrSchedulerType(lrSchedulerType)
        .warmupSteps(warmupSteps)
        .minLrRatio(minLrRatio)
        .numDecaySteps(numDecaySteps)
        .adamBeta1(adamBeta1)
        .adamBeta2(adamBeta2)
        .adamEpsilon(adamEpsilon)
        .weightDecay(weightDecay)
        .maxGradNorm(maxGradNorm)
        .build();
  }
}
