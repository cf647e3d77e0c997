package dev.hone.policy.generation;

/**
 * A token and how likely it was.
 *
 * @param logProb under softmax(logits / temperature); under softmax(logits) where greedy
 * @param samplingLogProb under the distribution it was drawn from
 */
record Sampled(int token, float logProb, float samplingLogProb) {}
