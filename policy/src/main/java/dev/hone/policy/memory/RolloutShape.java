package dev.hone.policy.memory;

/**
 * Prompts that are answered.
 *
 * @param prompts of all tasks together
 * @param samples answers to each
 * @param maxNewTokens of an answer at most
 * @param maxRunning sequences decoded side by side in one task
 * @param tasks that sample side by side with one policy
 */
public record RolloutShape(
    int prompts, int promptTokens, int samples, int maxNewTokens, int maxRunning, int tasks) {

  int promptsOfTask() {
    return (prompts + tasks - 1) / tasks;
  }

  /** Sequences that run side by side in one task. */
  int running() {
    return (int) Math.min(maxRunning, (long) promptsOfTask() * samples);
  }

  /** Groups that those are of. */
  int groups() {
    return (running() + samples - 1) / samples;
  }
}
