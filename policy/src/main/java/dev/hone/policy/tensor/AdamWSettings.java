package dev.hone.policy.tensor;

/** Decoupled-decay Adam (Loshchilov and Hutter, 2019), as torch.optim.AdamW computes it. */
public record AdamWSettings(double beta1, double beta2, double epsilon) {}
