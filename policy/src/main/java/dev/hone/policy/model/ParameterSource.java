package dev.hone.policy.model;

/** Where a model's values come from: a checkpoint, or a generator of fresh ones. */
@FunctionalInterface
public interface ParameterSource {

  /** Fills {@code values}, row-major and all zeros, with the parameter. */
  void fill(ParameterSpec spec, float[] values);
}
