package dev.hone.pipeline.spark;

import dev.hone.policy.generation.GenerationStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.util.AccumulatorV2;

/**
 * What generation took, a partition. Keyed by partition, so that a retried or speculative task
 * counts once.
 */
final class PartitionStatistics
    extends AccumulatorV2<
        Map.Entry<Integer, GenerationStatistics>, Map<Integer, GenerationStatistics>> {

  private static final long serialVersionUID = 1;

  private final TreeMap<Integer, GenerationStatistics> byPartition = new TreeMap<>();

  @Override
  public boolean isZero() {
    return byPartition.isEmpty();
  }

  @Override
  public PartitionStatistics copy() {
    PartitionStatistics copy = new PartitionStatistics();
    copy.byPartition.putAll(byPartition);
    return copy;
  }

  @Override
  public void reset() {
    byPartition.clear();
  }

  @Override
  public void add(Map.Entry<Integer, GenerationStatistics> entry) {
    byPartition.put(entry.getKey(), entry.getValue());
  }

  @Override
  public void merge(
      AccumulatorV2<Map.Entry<Integer, GenerationStatistics>, Map<Integer, GenerationStatistics>>
          other) {
    byPartition.putAll(other.value());
  }

  @Override
  public Map<Integer, GenerationStatistics> value() {
    return byPartition;
  }

  List<GenerationStatistics> inOrder() {
    return List.copyOf(byPartition.values());
  }
}
