package dev.hone.policy.tensor;

/**
 * The weights of one linear layer.
 *
 * @param weight {@code [out, in]}
 * @param bias {@code [out]}, or null
 */
public record Projection(Tensor weight, Tensor bias) {}
