/**
 * What a backend must supply: {@link dev.hone.policy.tensor.Tensor}, the fused operations {@link
 * dev.hone.policy.tensor.Ops}, gradients through {@link dev.hone.policy.tensor.GradientTape} and
 * the cache of running sequences {@link dev.hone.policy.tensor.KvCache}. The model is written once
 * over these.
 */
package dev.hone.policy.tensor;
