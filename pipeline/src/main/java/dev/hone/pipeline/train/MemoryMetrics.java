package dev.hone.pipeline.train;

import dev.hone.policy.tensor.ProcessMemory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The memory that this process has held outside the heap at most, beside what was predicted, in MB.
 *
 * @param predicted bytes; empty where the backend does not count its memory
 */
record MemoryMetrics(Optional<Long> predicted) {

  /** The metrics of a step, and these. */
  Map<String, Double> with(Map<String, Double> metrics) {
    if (predicted.isEmpty()) {
      return metrics;
    }
    Map<String, Double> both = new LinkedHashMap<>(metrics);
    both.put("memory/native_peak_mb", ProcessMemory.peak() / 0x1p20);
    both.put("memory/native_predicted_mb", predicted.get() / 0x1p20);
    return both;
  }
}
