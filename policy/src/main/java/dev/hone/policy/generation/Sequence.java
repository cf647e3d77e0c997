package dev.hone.policy.generation;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/** A completion in the making. */
final class Sequence {

  private final Group group;
  private final int sample;
  private final int order;
  private final BitSet seen;
  private final Optional<CompletionText> text;
  private int slot = -1;
  private int[] tokens = new int[16];
  private float[] logProbs = new float[16];
  private float[] samplingLogProbs = new float[16];
  private int length;

  /**
   * @param order its place among all completions asked for
   * @param seen tokens of the prompt, its own to add to; null without a repetition penalty
   * @param text empty where text is not needed before the end
   */
  Sequence(Group group, int sample, int order, BitSet seen, Optional<CompletionText> text) {
    this.group = group;
    this.sample = sample;
    this.order = order;
    this.seen = seen;
    this.text = text;
  }

  void add(Sampled sampled) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * length);
      logProbs = Arrays.copyOf(logProbs, 2 * length);
      samplingLogProbs = Arrays.copyOf(samplingLogProbs, 2 * length);
    }
    tokens[length] = sampled.token();
    logProbs[length] = sampled.logProb();
    samplingLogProbs[length] = sampled.samplingLogProb();
    length++;
    if (seen != null) {
      seen.set(sampled.token());
    }
  }

  Group group() {
    return group;
  }

  int sample() {
    return sample;
  }

  int order() {
    return order;
  }

  BitSet seen() {
    return seen;
  }

  Optional<CompletionText> text() {
    return text;
  }

  int slot() {
    return slot;
  }

  void occupy(int slot) {
    this.slot = slot;
  }

  int length() {
    return length;
  }

  int lastToken() {
    return tokens[length - 1];
  }

  int[] tokens() {
    return Arrays.copyOf(tokens, length);
  }

  Completion complete(FinishReason reason, String completionText) {
    return new Completion(
        group.request().promptId(),
        sample,
        tokens(),
        Arrays.copyOf(logProbs, length),
        Arrays.copyOf(samplingLogProbs, length),
        reason,
        completionText);
  }
}
