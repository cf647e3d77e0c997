package dev.hone.policy.tensor;

/**
 * Rotary position embedding: angle of pair {@code i} at position {@code p} is {@code p *
 * inverseFrequencies[i]}.
 *
 * @param inverseFrequencies {@code [width / 2]}, after YaRN or Llama-3 scaling
 * @param magnitude factor on cos and sin (YaRN); 1 without
 * @param interleaved input pairs are {@code (x[2i], x[2i+1])} (DeepSeek) instead of {@code (x[i],
 *     x[i + width/2])}; the output is half-split in either case
 */
public record RotaryTable(float[] inverseFrequencies, float magnitude, boolean interleaved) {}
