package dev.hone.pipeline.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Times the parts of a step: {@code timing_s/NAME} each, {@code step_time} in all. */
final class StepClock {

  private final long started = System.nanoTime();
  private final Map<String, Double> seconds = new LinkedHashMap<>();

  <T> T time(String part, Supplier<T> work) {
    long from = System.nanoTime();
    try {
      return work.get();
    } finally {
      seconds.merge(part, (System.nanoTime() - from) / 1e9, Double::sum);
    }
  }

  double seconds(String part) {
    return seconds.getOrDefault(part, 0.0);
  }

  Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("step_time", (System.nanoTime() - started) / 1e9);
    seconds.forEach((part, time) -> metrics.put("timing_s/" + part, time));
    return metrics;
  }
}
