package dev.hone.policy.model;

import dev.hone.policy.tensor.RotaryTable;
import java.util.List;

/**
 * Rotary frequencies, from either dialect of {@code config.json}: {@code rope_parameters}
 * (transformers 5), or {@code rope_theta} beside {@code rope_scaling} (before).
 *
 * @param table the frequencies
 * @param scoreFactor factor on attention scores that DeepSeek applies with YaRN: the square of
 *     {@code mscale}
 */
record Rope(RotaryTable table, double scoreFactor) {

  private static final List<String> SUPPORTED = List.of("default", "linear", "yarn", "llama3");

  /**
   * @param width rotated columns of a head
   * @param interleaved whether pairs are neighbours
   * @param maxPositions {@code max_position_embeddings}
   */
  static Rope read(ConfigKeys config, int width, boolean interleaved, int maxPositions) {
    if (width % 2 != 0) {
      throw config.inconsistent("rotary columns come in pairs, found a width of " + width + ".");
    }
    boolean current = config.has("rope_parameters");
    ConfigKeys scaling =
        current
            ? config.object("rope_parameters")
            : config.has("rope_scaling") ? config.object("rope_scaling") : null;
    double theta =
        current && scaling.has("rope_theta")
            ? scaling.positiveNumber("rope_theta")
            : config.positiveNumber("rope_theta", 10000);
    String type = "default";
    if (scaling != null) {
      type = scaling.oneOf(scaling.has("rope_type") ? "rope_type" : "type", "default", SUPPORTED);
      if (scaling.number("partial_rotary_factor", 1) != 1) {
        throw scaling.wrong("partial_rotary_factor", scaling.raw("partial_rotary_factor"), "1");
      }
    }
    float[] frequencies = new float[width / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = 1f / (float) Math.pow(theta, (float) (2 * i) / width);
    }
    return switch (type) {
      case "linear" -> linear(scaling, frequencies, interleaved);
      case "yarn" -> yarn(scaling, frequencies, theta, maxPositions, interleaved);
      case "llama3" -> llama3(scaling, frequencies, interleaved);
      default -> new Rope(new RotaryTable(frequencies, 1, interleaved), 1);
    };
  }

  private static Rope linear(ConfigKeys scaling, float[] frequencies, boolean interleaved) {
    float factor = (float) scaling.positiveNumber("factor");
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] /= factor;
    }
    return new Rope(new RotaryTable(frequencies, 1, interleaved), 1);
  }

  /** YaRN (Peng et al., 2023), with the magnitudes of DeepSeek-V2. */
  private static Rope yarn(
      ConfigKeys scaling,
      float[] frequencies,
      double theta,
      int maxPositions,
      boolean interleaved) {
    int width = 2 * frequencies.length;
    double length =
        scaling.positiveNumber("original_max_position_embeddings", (double) maxPositions);
    double factor = scaling.positiveNumber("factor", maxPositions / length);
    boolean truncate = scaling.flag("truncate", true);
    double low = correctionColumn(scaling.positiveNumber("beta_fast", 32), width, theta, length);
    double high = correctionColumn(scaling.positiveNumber("beta_slow", 1), width, theta, length);
    low = Math.max(truncate ? Math.floor(low) : low, 0);
    high = Math.min(truncate ? Math.ceil(high) : high, width - 1);
    double span = low == high ? 0.001 : high - low;
    for (int i = 0; i < frequencies.length; i++) {
      float ramp = (float) Math.min(1, Math.max(0, (i - low) / span));
      float stretched = 1f / ((float) factor * (1f / frequencies[i]));
      frequencies[i] = stretched * ramp + frequencies[i] * (1 - ramp);
    }
    double mscale = scaling.number("mscale", 0);
    double mscaleAll = scaling.number("mscale_all_dim", 0);
    double magnitude =
        scaling.has("attention_factor")
            ? scaling.positiveNumber("attention_factor")
            : mscale != 0 && mscaleAll != 0
                ? magnitude(factor, mscale) / magnitude(factor, mscaleAll)
                : magnitude(factor, 1);
    double scores = mscaleAll == 0 ? 1 : Math.pow(magnitude(factor, mscaleAll), 2);
    return new Rope(new RotaryTable(frequencies, (float) magnitude, interleaved), scores);
  }

  /** The column pair that turns {@code rotations} times over {@code length} positions. */
  private static double correctionColumn(double rotations, int width, double theta, double length) {
    return width * Math.log(length / (rotations * 2 * Math.PI)) / (2 * Math.log(theta));
  }

  private static double magnitude(double factor, double mscale) {
    return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
  }

  /** Llama 3.1: long waves are stretched, short ones kept, those between blended. */
  private static Rope llama3(ConfigKeys scaling, float[] frequencies, boolean interleaved) {
    double factor = scaling.positiveNumber("factor");
    double low = scaling.positiveNumber("low_freq_factor");
    double high = scaling.positiveNumber("high_freq_factor");
    double length = scaling.positiveNumber("original_max_position_embeddings");
    if (high <= low) {
      throw scaling.wrong("high_freq_factor", high, "above \"low_freq_factor\" = " + low);
    }
    for (int i = 0; i < frequencies.length; i++) {
      double wave = 2 * Math.PI / frequencies[i];
      double kept = Math.min(1, Math.max(0, (length / wave - low) / (high - low)));
      frequencies[i] = (float) ((1 - kept) * frequencies[i] / factor + kept * frequencies[i]);
    }
    return new Rope(new RotaryTable(frequencies, 1, interleaved), 1);
  }
}
