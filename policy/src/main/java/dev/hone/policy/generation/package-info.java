/**
 * Sampling completions of prompts: the random numbers, the sampler, stop conditions and continuous
 * batching over the model's cache. A completion is a function of (policy, prompt, sample index,
 * seed, settings) and of nothing else.
 */
package dev.hone.policy.generation;
