package dev.hone.policy.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Values of an untrained model: normal for projections and embeddings, ones for gains, zeros for
 * biases. A value is a pure function of the seed, its tensor's name on disk and its place there, so
 * neither the layout in memory nor the number of threads changes it.
 */
final class FreshWeights implements ParameterSource {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final int BLOCK = 1 << 14;

  private final long seed;
  private final double deviation;

  FreshWeights(long seed, double deviation) {
    this.seed = seed;
    this.deviation = deviation;
  }

  @Override
  public void fill(ParameterSpec spec, float[] values) {
    switch (spec.start()) {
      case ZEROS -> {}
      case ONES -> Arrays.fill(values, 1);
      case NORMAL -> spec.disk().forEach(tensor -> normal(tensor, values));
    }
  }

  private void normal(DiskTensor tensor, float[] values) {
    long key = key(tensor.name());
    int from = (int) tensor.offset();
    int pairs = (tensor.size() + 1) / 2;
    IntStream.range(0, (pairs + BLOCK - 1) / BLOCK)
        .parallel()
        .forEach(
            block -> {
              for (int pair = block * BLOCK; pair < Math.min(pairs, (block + 1) * BLOCK); pair++) {
                // Box and Muller (1958); StrictMath, because Math may differ between machines.
                double radius = StrictMath.sqrt(-2 * StrictMath.log(uniform(key, 2L * pair)));
                double angle = 2 * Math.PI * uniform(key, 2L * pair + 1);
                values[from + 2 * pair] = (float) (deviation * radius * StrictMath.cos(angle));
                if (2 * pair + 1 < tensor.size()) {
                  values[from + 2 * pair + 1] =
                      (float) (deviation * radius * StrictMath.sin(angle));
                }
              }
            });
  }

  private long key(String name) {
    long key = mix(seed + GOLDEN);
    for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
      key = mix((key ^ letter) + GOLDEN);
    }
    return key;
  }

  /**
   * In (0, 1): the {@code counter}-th output of SplitMix64 (Steele et al., 2014) from {@code key}.
   */
  private static double uniform(long key, long counter) {
    return ((mix(key + (counter + 1) * GOLDEN) >>> 11) + 0.5) * 0x1p-53;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
