package dev.hone.pipeline.data;

/**
 * One example to imitate.
 *
 * @param row position of its row in the dataset
 * @param prompt what the policy sees, templates applied
 * @param completion what it should write
 * @param promptTokens the prompt as token ids
 * @param completionTokens the completion as token ids, the end of sequence included
 */
public record SupervisedExample(
    long row, String prompt, String completion, int[] promptTokens, int[] completionTokens) {}
