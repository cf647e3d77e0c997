package dev.hone.pipeline.stage;

import dev.hone.policy.generation.SamplingSettings;
import java.io.Serializable;

/**
 * How answers are sampled.
 *
 * @param sampling temperature, filters, limits and stop strings
 * @param numGenerations answers a prompt: the group
 * @param seed with the policy version, prompt and sample it keys every random number
 * @param maxRunningSequences sequences decoded side by side in one task
 * @param partitions tasks the prompts are divided over, in order; on a backend that rounds with the
 *     batch's composition this is part of what decides the bits
 */
public record RolloutSettings(
    SamplingSettings sampling,
    int numGenerations,
    long seed,
    int maxRunningSequences,
    int partitions)
    implements Serializable {

  /** The same, but one greedy answer a prompt. */
  public RolloutSettings greedy() {
    return new RolloutSettings(
        sampling.withTemperature(0), 1, seed, maxRunningSequences, partitions);
  }
}
