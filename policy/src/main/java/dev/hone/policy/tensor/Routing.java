package dev.hone.policy.tensor;

/**
 * Which experts see which tokens.
 *
 * @param experts int32 {@code [tokens, k]}: chosen expert ids, ascending in each row
 * @param weights fp32 {@code [tokens, k]}: their weights, in the same order; differentiable
 * @param scores fp32 {@code [tokens, experts]}: every expert's score (sigmoid or softmax of the
 *     router's logits, before any correction bias); differentiable, for the balance losses
 */
public record Routing(Tensor experts, Tensor weights, Tensor scores) {}
