package dev.hone.pipeline.data;

import dev.hone.policy.generation.Philox;

/**
 * Random numbers for one purpose, epoch and row: counter-based, so that what a row gets does not
 * depend on which rows were drawn before it.
 */
final class Draws {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final Philox philox;
  private final long stream;
  private long position;

  Draws(long seed, String purpose, int epoch, int row) {
    this.philox = new Philox(seed + GOLDEN * purpose.hashCode());
    this.stream = ((long) epoch << 32) | Integer.toUnsignedLong(row);
  }

  /** Uniform in [0, 1). */
  double uniform() {
    return philox.uniform(stream, position++);
  }

  /** Uniform in 0 .. bound - 1. */
  int below(int bound) {
    return (int) (uniform() * bound);
  }
}
