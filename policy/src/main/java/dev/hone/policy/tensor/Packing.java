package dev.hone.policy.tensor;

import java.util.Optional;

/**
 * The sequences of one forward pass, packed one after another without padding: sequence {@code s}
 * owns rows {@code [starts[s], starts[s + 1])} of every activation {@code [tokens, width]}. Its
 * first row stands at position {@code past[s]} of the sequence: 0, or as many tokens as the cache
 * holds of it. A backend keeps its own index tensors in it, so one packing serves all layers. Made
 * by {@link Ops#pack}.
 */
public interface Packing extends AutoCloseable {

  int sequences();

  /** Rows in all: the new tokens of all sequences. */
  int tokens();

  /** {@code [sequences + 1]}, ascending from 0 to {@link #tokens()}. */
  int[] starts();

  /** {@code [tokens]}: each row's position in its own sequence. */
  int[] positions();

  /** The cache that these sequences go on in; empty where nothing is cached. */
  Optional<KvCache> cache();

  @Override
  void close();
}
