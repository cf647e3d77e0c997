package dev.hone.pipeline.train;

import dev.hone.policy.update.Learner;
import dev.hone.policy.update.NonFiniteUpdateException;
import dev.hone.policy.update.SupervisedSequence;
import dev.hone.policy.update.UpdateMetrics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Supervised fine-tuning, one step: the policy moves towards a batch of written answers. */
final class SftStep implements StageStep {

  private final BatchSchedule<SupervisedSequence> schedule;
  private final Learner learner;
  private long batches;

  /**
   * @param dataPosition examples consumed before, where a run goes on
   */
  SftStep(BatchSchedule<SupervisedSequence> schedule, Learner learner, long dataPosition) {
    this.schedule = schedule;
    this.learner = learner;
    this.batches = dataPosition / schedule.batchSize();
  }

  @Override
  public Map<String, Double> run(long step) {
    StepClock clock = new StepClock();
    List<SupervisedSequence> batch = clock.time("data", () -> schedule.batch(batches++));
    UpdateMetrics update = clock.time("update", () -> fit(step, batch));

    long tokens = batch.stream().mapToLong(SupervisedSequence::length).sum();
    Map<String, Double> metrics = new LinkedHashMap<>(update.values());
    metrics.put("epoch", schedule.epochs(batches));
    metrics.putAll(clock.metrics());
    metrics.put("perf/tokens_per_second", tokens / metrics.get("step_time"));
    return metrics;
  }

  private UpdateMetrics fit(long step, List<SupervisedSequence> batch) {
    try {
      return learner.fit(batch);
    } catch (NonFiniteUpdateException e) {
      throw new TrainingDiverged(
          step,
          e.sequences().stream().map(index -> "example " + index + " of the batch").toList(),
          e);
    }
  }

  @Override
  public long dataPosition() {
    return batches * schedule.batchSize();
  }

  @Override
  public String note(Map<String, Double> metrics) {
    return String.format(Locale.ROOT, "loss %.4f", metrics.get("loss"));
  }
}
