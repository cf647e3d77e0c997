package dev.hone.policy.loss;

import java.util.LinkedHashMap;
import java.util.Map;

/** Metrics summed over the sequences of a batch, under TRL's names. */
public final class LossMetrics {

  private enum Kind {
    SUM,
    MEAN,
    MIN,
    MAX
  }

  private static final class Entry {
    final Kind kind;
    double value;
    double weight;

    Entry(Kind kind, double value) {
      this.kind = kind;
      this.value = value;
    }
  }

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /** Adds to a sum. */
  public void sum(String name, double value) {
    entry(name, Kind.SUM, 0).value += value;
  }

  /** Adds {@code sum} of {@code weight} items to a mean. */
  public void mean(String name, double sum, double weight) {
    Entry entry = entry(name, Kind.MEAN, 0);
    entry.value += sum;
    entry.weight += weight;
  }

  /** Lowers a minimum. */
  public void min(String name, double value) {
    Entry entry = entry(name, Kind.MIN, Double.POSITIVE_INFINITY);
    entry.value = Math.min(entry.value, value);
  }

  /** Raises a maximum. */
  public void max(String name, double value) {
    Entry entry = entry(name, Kind.MAX, Double.NEGATIVE_INFINITY);
    entry.value = Math.max(entry.value, value);
  }

  /** The metrics by name, in the order they were first met; a mean over nothing is 0. */
  public Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    entries.forEach(
        (name, entry) ->
            values.put(
                name,
                entry.kind == Kind.MEAN
                    ? entry.value / (entry.weight == 0 ? 1 : entry.weight)
                    : entry.value));
    return values;
  }

  private Entry entry(String name, Kind kind, double start) {
    return entries.computeIfAbsent(name, key -> new Entry(kind, start));
  }
}
