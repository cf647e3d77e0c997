package dev.hone.policy.update;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one batch did to the policy.
 *
 * @param values metrics under TRL's names, in order; the mean over the optimizer steps of the batch
 * @param steps the same for each optimizer step alone
 */
public record UpdateMetrics(Map<String, Double> values, List<Map<String, Double>> steps) {

  public UpdateMetrics {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    steps = List.copyOf(steps);
  }

  /** One metric; NaN where there is none of this name. */
  public double value(String name) {
    return values.getOrDefault(name, Double.NaN);
  }
}
