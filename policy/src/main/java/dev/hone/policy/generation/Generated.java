package dev.hone.policy.generation;

import java.util.List;

/**
 * What a call of the generator gave.
 *
 * @param completions in the order of the requests, and of the samples in each
 */
public record Generated(List<Completion> completions, GenerationStatistics statistics) {

  public Generated {
    completions = List.copyOf(completions);
  }
}
