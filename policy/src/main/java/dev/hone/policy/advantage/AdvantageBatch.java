package dev.hone.policy.advantage;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much better than its group each answer was.
 *
 * @param advantages {@code [answer]}: finite; 0 where no reward applies
 * @param metrics {@code rewards/<name>/mean}, {@code rewards/<name>/std}, {@code reward}, {@code
 *     reward_std}, {@code frac_reward_zero_std}, as TRL computes them
 */
public record AdvantageBatch(double[] advantages, Map<String, Double> metrics) {

  public AdvantageBatch {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }
}
