package dev.hone.pipeline.train;

import dev.hone.pipeline.evaluation.Evaluation;
import dev.hone.pipeline.report.ReportData;
import dev.hone.pipeline.run.MetricsRow;
import dev.hone.pipeline.run.TrainingCheckpoints;
import dev.hone.pipeline.run.TrainingState;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.update.Learner;
import java.util.Map;
import java.util.Optional;

/** Writes down what happens in one stage: metrics, evaluations and checkpoints. */
final class StageRecord implements StageLoop.Record {

  /** Folder of the reference policy beside the optimizer's state. */
  static final String REFERENCE = "reference";

  private final RunLogs logs;
  private final RunEvaluations evaluations;
  private final TrainingCheckpoints checkpoints;
  private final StartingPolicy start;
  private final DecoderModel model;
  private final Learner learner;
  private final PolicyPublisher publisher;
  private final StageStep work;
  private final TrainingState base;
  private final Optional<DecoderModel> movingReference;
  private final MemoryMetrics memory;
  private final RunReport report;
  private Double metric;

  /**
   * @param base the state the stage begins or goes on with: its names, indices and seed
   * @param movingReference the reference policy, where it is replaced now and then and so belongs
   *     to the state
   */
  StageRecord(
      RunLogs logs,
      RunEvaluations evaluations,
      TrainingCheckpoints checkpoints,
      StartingPolicy start,
      DecoderModel model,
      Learner learner,
      PolicyPublisher publisher,
      StageStep work,
      TrainingState base,
      Optional<DecoderModel> movingReference,
      MemoryMetrics memory,
      RunReport report) {
    this.logs = logs;
    this.evaluations = evaluations;
    this.checkpoints = checkpoints;
    this.start = start;
    this.model = model;
    this.learner = learner;
    this.publisher = publisher;
    this.work = work;
    this.base = base;
    this.movingReference = movingReference;
    this.memory = memory;
    this.report = report;
  }

  @Override
  public void metrics(long step, Map<String, Double> metrics) {
    publisher.moved();
    metric = null;
    logs.append(new MetricsRow(base.stage(), step, RunLogs.now(), memory.with(metrics)));
  }

  @Override
  public boolean evaluate(long step) {
    Evaluation evaluation = evaluations.run(base.stage(), step, publisher.publish());
    logs.append(evaluation);
    report.write(ReportData.RunState.RUNNING);
    double value = evaluations.bestMetric(evaluation);
    metric = Double.isNaN(value) ? null : value;
    return metric != null
        && checkpoints
            .best()
            .map(best -> best.state().metric())
            .map(best -> metric > best)
            .orElse(true);
  }

  @Override
  public void checkpoint(long step) {
    logs.sync();
    TrainingState state =
        new TrainingState(
            base.stage(),
            base.stageIndex(),
            step,
            publisher.version(),
            work.dataPosition(),
            base.seed(),
            metric,
            Map.of());
    checkpoints.save(
        state,
        (directory, trainer) -> {
          Checkpoint.write(directory, model, start.tokenizerFiles(), DType.FLOAT32);
          learner.saveState(trainer);
          if (movingReference.isPresent()) {
            Checkpoint.write(
                trainer.resolve(REFERENCE), movingReference.get(), null, DType.FLOAT32);
          }
        });
  }
}
