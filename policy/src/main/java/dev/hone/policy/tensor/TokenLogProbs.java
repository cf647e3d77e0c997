package dev.hone.policy.tensor;

/**
 * Of each row's distribution softmax(logits / temperature): the log-probability of the given token
 * and the entropy, in nats.
 *
 * @param logProbs fp32 {@code [rows]}, differentiable
 * @param entropies fp32 {@code [rows]}, differentiable
 */
public record TokenLogProbs(Tensor logProbs, Tensor entropies) {}
