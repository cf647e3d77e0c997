package dev.hone.pipeline.evaluation;

import dev.hone.pipeline.data.Prompt;
import dev.hone.pipeline.stage.RolloutSettings;
import dev.hone.pipeline.stage.ScoringStage;
import java.util.List;

/**
 * A set of problems and how it is answered and judged.
 *
 * @param name in the metrics: {@code eval/NAME/pass@1}
 * @param prompts the problems
 * @param settings how answers are sampled; temperature 0 is greedy
 * @param ks the k of pass@k and maj@k
 * @param scoring the rewards
 * @param reward name of the reward that decides whether an answer is right
 * @param referenceColumn column with the right answer, for people to read; null where there is none
 * @param shown how many answers are kept for people to read
 */
public record Suite(
    String name,
    List<Prompt> prompts,
    RolloutSettings settings,
    List<Integer> ks,
    ScoringStage scoring,
    String reward,
    String referenceColumn,
    int shown) {}
