package dev.hone.policy.loss;

/**
 * How the policy term is weighted by {@code exp(old - sampling)}, the ratio of the trainer's to the
 * sampler's probability of what was sampled: truncated (TIS, Yao et al., 2025) or zeroed outside
 * its bounds (MIS; IcePop, Ling team, 2025), for each token or for the sequence as a whole (the
 * product over its tokens).
 */
public enum ImportanceSamplingCorrection {
  NONE,
  TOKEN_TRUNCATE,
  TOKEN_MASK,
  SEQUENCE_TRUNCATE,
  SEQUENCE_MASK
}
