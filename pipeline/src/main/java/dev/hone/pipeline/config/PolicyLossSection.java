package dev.hone.pipeline.config;

import java.util.OptionalDouble;

/** The policy loss, in TRL's names; see docs/algorithms.md. */
public record PolicyLossSection(
    @Setting(
            value = "dapo",
            oneOf = {"grpo", "bnpo", "dr_grpo", "dapo", "luspo", "cispo", "sapo", "vespo"},
            doc = "Form of the loss and how it is averaged")
        String lossType,
    @Setting(
            value = "token",
            oneOf = {"token", "sequence"},
            doc = "Level of the probability ratio; sequence is GSPO")
        String importanceSamplingLevel,
    @Setting(value = "0.2", min = 0, doc = "The ratio is clipped below 1 - epsilon") double epsilon,
    @Setting(
            min = 0,
            doc = "... and above 1 + epsilon_high (epsilon unless given); cispo: the cap itself")
        OptionalDouble epsilonHigh,
    @Setting(above = 0, doc = "Upper cap of the ratio whatever the advantage's sign; unset: none")
        OptionalDouble delta,
    @Setting(
            above = 1,
            doc = "verl's dual clip: bounds the loss of bad answers at this; unset: none")
        OptionalDouble dualClip,
    @Setting(
            value = "0.0",
            min = 0,
            doc = "Weight of the KL to the reference policy; 0 needs no reference")
        double beta,
    @Setting(
            value = "k3",
            oneOf = {"k1", "k2", "k3"},
            doc = "Estimator of that KL")
        String klEstimator,
    @Setting(
            value = "true",
            doc = "Multiply the KL by the ratio, which makes its gradient unbiased (TRL)")
        boolean useBiasCorrectionKl,
    @Setting(value = "0.0", min = 0, doc = "Weight of the entropy bonus") double entropyCoef,
    @Setting(
            value = "1.0",
            above = 0,
            max = 1,
            doc = "Learn only from this share of tokens, of highest entropy")
        double topEntropyQuantile,
    @Setting(doc = "Drop bad answers whose KL to the old policy passes this; unset: none")
        OptionalDouble offPolicyMaskThreshold,
    @Setting(value = "1.0", above = 0, doc = "sapo: temperature for good answers")
        double sapoTemperaturePos,
    @Setting(value = "1.05", above = 0, doc = "sapo: temperature for bad answers")
        double sapoTemperatureNeg,
    @Setting(
            value = "none",
            oneOf = {"none", "token_truncate", "token_mask", "sequence_truncate", "sequence_mask"},
            doc = "Correction for a sampler that differs from the policy (TIS, MIS)")
        String importanceSamplingCorrection,
    @Setting(value = "3.0", above = 0, doc = "Its upper bound") double importanceSamplingMax,
    @Setting(min = 0, doc = "Its lower bound; unset: none") OptionalDouble importanceSamplingMin) {}
