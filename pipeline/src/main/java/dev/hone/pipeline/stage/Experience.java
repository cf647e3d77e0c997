package dev.hone.pipeline.stage;

/**
 * A scored rollout and how much better than its group it was: what the updater learns from.
 *
 * @param scored the rollout and its rewards
 * @param advantage group-relative advantage of the whole answer
 */
public record Experience(ScoredRollout scored, double advantage) {}
