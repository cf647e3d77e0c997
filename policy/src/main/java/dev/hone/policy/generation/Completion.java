package dev.hone.policy.generation;

/**
 * One sampled answer.
 *
 * @param promptId of its request
 * @param sample index in its group
 * @param tokens {@code [length]}, the end-of-sequence token included where it was said
 * @param logProbs {@code [length]}: of each token under softmax(logits / temperature), before any
 *     filter or penalty; for greedy decoding under softmax(logits)
 * @param samplingLogProbs {@code [length]}: under the penalised and filtered distribution it was
 *     drawn from; 0 for greedy decoding
 * @param reason why it ended
 * @param text decoded, special tokens skipped, cut before the stop string
 */
@SuppressWarnings("ArrayRecordComponent") // token rows are large and never changed
public record Completion(
    long promptId,
    int sample,
    int[] tokens,
    float[] logProbs,
    float[] samplingLogProbs,
    FinishReason reason,
    String text) {}
