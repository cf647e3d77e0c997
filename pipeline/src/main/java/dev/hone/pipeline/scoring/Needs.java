package dev.hone.pipeline.scoring;

/**
 * What a reward cannot do without.
 *
 * @param reference it compares with a reference
 * @param tokens it counts the answer's tokens
 */
public record Needs(boolean reference, boolean tokens) {}
