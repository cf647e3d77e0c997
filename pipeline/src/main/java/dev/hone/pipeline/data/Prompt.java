package dev.hone.pipeline.data;

import java.util.Map;

/**
 * One question to the policy.
 *
 * @param id position of the row in its dataset; with the seed it keys the randomness of its
 *     rollouts
 * @param text what the policy sees, templates applied
 * @param tokens the same as token ids: these are used, the text is never tokenised again
 * @param columns every column of the row, as JSON has them
 */
public record Prompt(long id, String text, int[] tokens, Map<String, Object> columns) {}
