package dev.hone.policy.model;

/** What a model is loaded for. */
public enum Purpose {
  /** Parameters have gradients. */
  TRAINING,
  /** Parameters are constants: sampling, scoring, the reference policy. */
  INFERENCE
}
