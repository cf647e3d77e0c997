package dev.hone.policy.generation;

/**
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3" (SC 2011): a keyed bijection on 128-bit counters. Equal key and
 * counter give equal numbers on every machine and in every order of calls.
 */
public final class Philox {

  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW = 0xFFFFFFFFL;

  private final int key0;
  private final int key1;

  public Philox(long key) {
    this.key0 = (int) key;
    this.key1 = (int) (key >>> 32);
  }

  /**
   * The four words at counter {@code (c0, c1, c2, c3)}, least significant word first, as two longs:
   * {@code [word1 word0, word3 word2]}.
   */
  public long[] block(int c0, int c1, int c2, int c3) {
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (c0 & LOW);
      long product1 = MULTIPLIER_1 * (c2 & LOW);
      int next0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      int next2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c1 = (int) product1;
      c3 = (int) product0;
      c0 = next0;
      c2 = next2;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    return new long[] {(c0 & LOW) | ((long) c1 << 32), (c2 & LOW) | ((long) c3 << 32)};
  }

  /** {@link #block(int, int, int, int)} at the counter {@code high * 2^64 + low}. */
  public long[] block(long high, long low) {
    return block((int) low, (int) (low >>> 32), (int) high, (int) (high >>> 32));
  }

  /** A uniform number in [0, 1), a multiple of 2^-53, at the counter {@code high * 2^64 + low}. */
  public double uniform(long high, long low) {
    return unit(block(high, low)[0]);
  }

  /** The upper 53 of 64 random bits as a number in [0, 1). */
  public static double unit(long bits) {
    return (bits >>> 11) * 0x1.0p-53;
  }
}
