package dev.hone.policy.generation;

/**
 * How far a generation is.
 *
 * @param finished completions that have ended
 * @param total completions asked for
 * @param running sequences in the batch now
 * @param generatedTokens tokens sampled so far
 */
public record GenerationProgress(int finished, int total, int running, long generatedTokens) {}
