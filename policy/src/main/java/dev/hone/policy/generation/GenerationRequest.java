package dev.hone.policy.generation;

import dev.hone.policy.InvalidInput;

/**
 * A group: one prompt and how many completions of it are wanted.
 *
 * @param promptId keys the random numbers; two requests with one id and sample draw the same ones
 * @param promptTokens {@code [prompt]}, not empty
 * @param samples size of the group
 * @param firstSample index of the first of them, so that a group can be drawn in parts
 */
@SuppressWarnings("ArrayRecordComponent") // token rows are large and never changed
public record GenerationRequest(long promptId, int[] promptTokens, int samples, int firstSample) {

  public GenerationRequest {
    if (promptTokens.length == 0) {
      throw new InvalidInput(
          "Prompt " + promptId + " is empty: a completion needs at least one token to follow");
    }
    if (samples < 1) {
      throw new IllegalArgumentException("samples must be at least 1, found " + samples);
    }
    if (firstSample < 0) {
      throw new IllegalArgumentException("firstSample must not be negative, found " + firstSample);
    }
  }

  /** Samples {@code 0 .. samples - 1} of a prompt. */
  public GenerationRequest(long promptId, int[] promptTokens, int samples) {
    this(promptId, promptTokens, samples, 0);
  }
}
