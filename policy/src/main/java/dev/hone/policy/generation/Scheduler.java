package dev.hone.policy.generation;

import dev.hone.policy.tensor.KvCache;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Continuous batching (Yu et al., "Orca", OSDI 2022): first come, first served; a place that falls
 * free is taken before the next pass. Prompts are computed when the sequences at hand no longer
 * fill the free places, several in one pass. What runs beside what follows from the requests and
 * the tokens alone, never from time.
 */
final class Scheduler {

  /** Prompts computed ahead may keep this share of the places waiting, so that they are packed. */
  private static final int AHEAD = 4;

  private final int maxRunning;
  private final int prefillTokens;
  private final Deque<Group> prompts = new ArrayDeque<>();
  private final Deque<Sequence> ready = new ArrayDeque<>();
  private final List<Sequence> running = new ArrayList<>();

  /**
   * @param maxRunning sequences in one pass
   * @param prefillTokens prompt tokens in one pass; a longer prompt goes alone
   */
  Scheduler(List<Group> groups, int maxRunning, int prefillTokens) {
    this.maxRunning = maxRunning;
    this.prefillTokens = prefillTokens;
    prompts.addAll(groups);
  }

  boolean done() {
    return prompts.isEmpty() && ready.isEmpty() && running.isEmpty();
  }

  /** The prompts to compute next; empty while there are sequences for all places. */
  List<Group> prompts() {
    List<Group> batch = new ArrayList<>();
    int free = maxRunning - running.size();
    if (ready.size() >= free) {
      return batch;
    }
    int wanted = Math.max(free, (maxRunning + AHEAD - 1) / AHEAD) - ready.size();
    int tokens = 0;
    int samples = 0;
    while (!prompts.isEmpty() && samples < wanted) {
      Group next = prompts.peek();
      if (!batch.isEmpty() && tokens + next.prompt().length > prefillTokens) {
        break;
      }
      tokens += next.prompt().length;
      samples += next.request().samples();
      batch.add(prompts.remove());
    }
    return batch;
  }

  /** A sequence whose prompt is in the cache waits for a place. */
  void ready(Sequence sequence) {
    ready.add(sequence);
  }

  /** Fills the free places; the running sequences, in the order in which they began. */
  List<Sequence> admit(KvCache cache) {
    while (running.size() < maxRunning && !ready.isEmpty()) {
      Sequence sequence = ready.remove();
      sequence.occupy(sequence.group().take(cache));
      running.add(sequence);
    }
    return List.copyOf(running);
  }

  void remove(Sequence sequence, KvCache cache) {
    running.remove(sequence);
    cache.release(sequence.slot());
  }

  int running() {
    return running.size();
  }
}
