package dev.hone.policy.generation;

/**
 * exp for arguments up to 0 in fp32, to about one unit in the last place: the argument reduced by
 * multiples of ln 2, then the polynomial of Moshier's Cephes (expf). A row of logits costs
 * vocabulary-many of them a token, where {@link Math#exp} would be the larger part of sampling.
 */
final class FastExp {

  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float UNDERFLOW = -87.3f;

  private FastExp() {}

  static float exp(float x) {
    if (x < UNDERFLOW) {
      return 0;
    }
    int n = (int) (x * LOG2_E - 0.5f);
    float r = x - n * LN2_HIGH - n * LN2_LOW;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    return (p * r * r + r + 1) * Float.intBitsToFloat((n + 127) << 23);
  }
}
