package dev.hone.pipeline.stage;

import dev.hone.policy.generation.GenerationStatistics;
import java.util.List;

/**
 * Rollouts and what sampling them took.
 *
 * @param rollouts the answers
 * @param statistics one entry a partition, in order
 */
public record SampledBatch(Batch<Rollout> rollouts, List<GenerationStatistics> statistics) {}
