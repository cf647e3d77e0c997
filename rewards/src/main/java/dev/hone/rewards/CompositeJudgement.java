package dev.hone.rewards;

import java.io.Serializable;
import java.util.Map;

/**
 * What all rewards together say of one completion.
 *
 * @param reward the weighted sum of those that apply; NaN where none does
 * @param judgements each reward's own, by name, in the order of the experiment
 */
public record CompositeJudgement(double reward, Map<String, Judgement> judgements)
    implements Serializable {}
