package dev.hone.policy.generation;

import dev.hone.policy.tensor.KvCache;

/**
 * A prompt in the cache and its samples that have not begun to run: each begins as a fork of the
 * prompt, the last in the prompt's own slot.
 */
final class Group {

  private final GenerationRequest request;
  private final int capacity;
  private final int maxNewTokens;
  private int slot = -1;
  private int waiting;

  Group(GenerationRequest request, int maxNewTokens) {
    this.request = request;
    this.maxNewTokens = maxNewTokens;
    this.capacity = request.promptTokens().length + maxNewTokens;
  }

  GenerationRequest request() {
    return request;
  }

  int[] prompt() {
    return request.promptTokens();
  }

  int maxNewTokens() {
    return maxNewTokens;
  }

  int open(KvCache cache) {
    slot = cache.open(capacity);
    return slot;
  }

  /** The prompt is computed and so many samples go on after their first token. */
  void await(int samples, KvCache cache) {
    waiting = samples;
    if (waiting == 0) {
      cache.release(slot);
    }
  }

  /** A slot for one of the waiting samples that begins with the prompt. */
  int take(KvCache cache) {
    waiting--;
    return waiting == 0 ? slot : cache.fork(slot, capacity);
  }
}
