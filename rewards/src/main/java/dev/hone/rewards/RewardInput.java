package dev.hone.rewards;

import java.io.Serializable;
import java.util.Map;

/**
 * What a reward may look at.
 *
 * @param prompt the prompt as the policy saw it
 * @param completion the text the policy wrote, special tokens removed
 * @param completionTokens how many tokens it took
 * @param finished whether the policy ended by itself (end of sequence or a stop string), not at the
 *     limit
 * @param columns every column of the prompt's row: strings, numbers, booleans, lists and maps, as
 *     JSON has them
 */
public record RewardInput(
    String prompt,
    String completion,
    int completionTokens,
    boolean finished,
    Map<String, Object> columns)
    implements Serializable {}
