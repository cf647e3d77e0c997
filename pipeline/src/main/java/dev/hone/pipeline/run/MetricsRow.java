package dev.hone.pipeline.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers of one step.
 *
 * @param stage the stage's name
 * @param step optimizer steps done in that stage
 * @param time seconds since 1970
 * @param metrics numbers by the names that users of TRL and verl know, in the order they are shown
 */
public record MetricsRow(String stage, long step, double time, Map<String, Double> metrics) {

  public MetricsRow {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }
}
