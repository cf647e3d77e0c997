package dev.hone.pipeline.evaluation;

/**
 * An answer kept to be read by people.
 *
 * @param suite the suite of the prompt
 * @param promptId the prompt's id in its dataset: answers of other steps with the same id are to
 *     the same prompt
 * @param prompt what was asked
 * @param reference what is right, as the dataset has it
 * @param answer the completion's text
 * @param extracted the final answer found in it, {@code null} where none was
 * @param correct whether the verifier accepted it
 * @param length tokens
 * @param clipped whether the limit on new tokens ended it
 */
public record SampleAnswer(
    String suite,
    long promptId,
    String prompt,
    String reference,
    String answer,
    String extracted,
    boolean correct,
    int length,
    boolean clipped) {}
