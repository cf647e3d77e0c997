package dev.hone.pipeline.evaluation;

/**
 * One answer, judged.
 *
 * @param correct whether the verifier accepted it
 * @param extracted the final answer found in it, which votes in maj@k; {@code null} where none was
 *     found
 * @param length tokens
 * @param clipped whether the limit on new tokens ended it
 */
public record SampleOutcome(boolean correct, String extracted, int length, boolean clipped) {}
