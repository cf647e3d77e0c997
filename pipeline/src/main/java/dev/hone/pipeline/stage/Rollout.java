package dev.hone.pipeline.stage;

import dev.hone.pipeline.data.Prompt;

/**
 * One sampled answer. A pure function of (policy version, prompt, sample, seed, sampling settings).
 *
 * @param prompt what was asked
 * @param sample index of this answer in the prompt's group
 * @param policyVersion optimizer steps behind the policy that answered
 * @param completion the answer's text, special tokens removed
 * @param tokens the answer's token ids, the end of sequence included where it was sampled
 * @param logProbs log-probability of each token under softmax(logits / temperature)
 * @param samplingLogProbs the same under the filtered distribution it was drawn from
 * @param finishReason {@code eos}, {@code stop} or {@code length}
 */
public record Rollout(
    Prompt prompt,
    int sample,
    long policyVersion,
    String completion,
    int[] tokens,
    float[] logProbs,
    float[] samplingLogProbs,
    String finishReason) {}
