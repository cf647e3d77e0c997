package dev.hone.pipeline.stage;

import dev.hone.rewards.Judgement;
import java.util.Map;

/**
 * A rollout and what the rewards say of it.
 *
 * @param rollout the answer
 * @param reward the weighted sum; NaN where no reward applies
 * @param judgements each reward's own judgement by name, in the order of the experiment
 */
public record ScoredRollout(Rollout rollout, double reward, Map<String, Judgement> judgements) {}
