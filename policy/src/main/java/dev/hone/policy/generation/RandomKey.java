package dev.hone.policy.generation;

/**
 * What the random numbers of a rollout are keyed by, beside the prompt, the sample and the
 * position.
 *
 * @param seed of the run
 * @param policyVersion which version of the policy samples: two versions draw unrelated numbers
 */
public record RandomKey(long seed, long policyVersion) {

  /** Keys of the numbers of one policy version; the version is folded into the key. */
  Philox generator() {
    return new Philox(new Philox(seed).block(0, policyVersion)[0]);
  }
}
