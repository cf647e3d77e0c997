package dev.hone.pipeline.train;

import dev.hone.pipeline.config.Experiment;
import dev.hone.pipeline.config.ExperimentFile;
import dev.hone.pipeline.config.GrpoStage;
import dev.hone.pipeline.config.SftStage;
import dev.hone.pipeline.config.Stage;
import dev.hone.pipeline.data.Datasets;
import dev.hone.pipeline.data.ParquetRows;
import dev.hone.pipeline.data.PromptDataset;
import dev.hone.pipeline.data.SupervisedDataset;
import dev.hone.pipeline.evaluation.Evaluator;
import dev.hone.pipeline.evaluation.Suite;
import dev.hone.pipeline.report.ReportData;
import dev.hone.pipeline.run.Progress;
import dev.hone.pipeline.run.PublishedPolicies;
import dev.hone.pipeline.run.RunDirectory;
import dev.hone.pipeline.run.TrainingCheckpoint;
import dev.hone.pipeline.run.TrainingCheckpoints;
import dev.hone.pipeline.run.TrainingState;
import dev.hone.pipeline.stage.PolicyHolder;
import dev.hone.pipeline.stage.Stages;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.update.Learner;
import dev.hone.policy.update.SupervisedSequence;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Runs an experiment from start to end, or goes on where an earlier run of the same experiment was
 * stopped.
 */
public final class ExperimentRunner {

  private final Experiment experiment;
  private final Supplier<Stages> engine;
  private final ParquetRows parquet;
  private final Progress progress;

  /**
   * @param engine opens what runs the distributed stages, after everything is checked
   * @param parquet reads Parquet datasets
   */
  public ExperimentRunner(
      Experiment experiment, Supplier<Stages> engine, ParquetRows parquet, Progress progress) {
    this.experiment = experiment;
    this.engine = engine;
    this.parquet = parquet;
    this.progress = progress;
  }

  /** Trains; what the run has come to. */
  public ReportData run() {
    Backends.Choice backend = Backends.choose(experiment.backend(), experiment.dtype());
    progress.info(
        "Backend: %s; %s"
            .formatted(backend.describe(experiment.backendThreads()), backend.reason()));
    try (StartingPolicy start = StartingPolicy.open(experiment.model())) {
      ExperimentData data =
          new ExperimentData(
              experiment,
              new Datasets(
                  start.tokenizer(), experiment.seed(), experiment.data().map(Path::of), parquet));
      StageSettings settings = new StageSettings(experiment);
      settings.prepareRewards();
      List<Suite> suites =
          experiment.evaluation().suites().stream()
              .map(section -> settings.suite(section, data.problems(section)))
              .toList();
      Optional<MemoryForecast> memory =
          MemoryForecast.of(experiment, backend, start.config(), data);
      memory.ifPresent(this::announce);
      String config = ExperimentFile.write(experiment);
      Path root = Path.of(experiment.outputDir(), experiment.name());
      try (RunDirectory run = RunDirectory.open(root, config);
          Ops ops = backend.open(experiment.backendThreads())) {
        Stages stages = engine.get();
        RunEvaluations evaluations =
            new RunEvaluations(
                new Evaluator(stages), suites, experiment.bestMetric(), run, progress);
        RunReport report =
            new RunReport(
                experiment,
                config,
                run,
                backend.describe(experiment.backendThreads()),
                data.badRows());
        return new Session(
                start,
                data,
                settings,
                run,
                stages,
                backend,
                ops,
                evaluations,
                report,
                metrics(memory))
            .train();
      } finally {
        PolicyHolder.clear();
      }
    }
  }

  private void announce(MemoryForecast memory) {
    progress.info(memory.line());
    memory
        .warning(Runtime.getRuntime().maxMemory(), PhysicalMemory.bytes())
        .ifPresent(progress::info);
  }

  /** What is measured is the learner's memory, and in local mode the answering policy's too. */
  private MemoryMetrics metrics(Optional<MemoryForecast> memory) {
    boolean local = experiment.spark().master().startsWith("local");
    return new MemoryMetrics(memory.map(m -> local ? m.bytes() : m.update().need().bytes()));
  }

  /** One sitting of a run: from where it stood to its end. */
  private final class Session {

    private final StartingPolicy start;
    private final ExperimentData data;
    private final StageSettings settings;
    private final RunDirectory run;
    private final Stages stages;
    private final Backends.Choice backend;
    private final Ops ops;
    private final RunEvaluations evaluations;
    private final RunReport report;
    private final MemoryMetrics memory;

    Session(
        StartingPolicy start,
        ExperimentData data,
        StageSettings settings,
        RunDirectory run,
        Stages stages,
        Backends.Choice backend,
        Ops ops,
        RunEvaluations evaluations,
        RunReport report,
        MemoryMetrics memory) {
      this.start = start;
      this.data = data;
      this.settings = settings;
      this.run = run;
      this.stages = stages;
      this.backend = backend;
      this.ops = ops;
      this.evaluations = evaluations;
      this.report = report;
      this.memory = memory;
    }

    ReportData train() {
      Optional<TrainingCheckpoint> from = checkpoints(0).latest();
      from.ifPresent(c -> progress.info("Going on from " + c.path()));
      TrainingState state = from.map(TrainingCheckpoint::state).orElse(null);
      List<String> finished =
          experiment.stages().stream()
              .limit(state == null ? 0 : state.stageIndex())
              .map(Stage::label)
              .toList();
      try (Interruption interruption =
          new Interruption(() -> report.write(ReportData.RunState.INTERRUPTED))) {
        try (RunLogs logs = RunLogs.open(run, Optional.ofNullable(state), finished);
            DecoderModel model = model(from)) {
          long version = state == null ? 0 : state.policyVersion();
          for (int index = finished.size(); index < experiment.stages().size(); index++) {
            Optional<TrainingCheckpoint> within =
                index == finished.size() ? from : Optional.empty();
            version = train(index, within, model, version, logs);
          }
        } catch (RuntimeException | Error e) {
          if (interruption.withdraw()) {
            report.write(ReportData.RunState.FAILED);
          }
          throw e;
        }
      }
      return report.write(ReportData.RunState.FINISHED);
    }

    private DecoderModel model(Optional<TrainingCheckpoint> from) {
      return from.map(c -> Checkpoint.open(c.path()).load(ops, Purpose.TRAINING))
          .orElseGet(() -> start.model(experiment.seed(), ops, Purpose.TRAINING));
    }

    /** One stage, from its checkpoint where there is one; the policy's version after it. */
    private long train(
        int index,
        Optional<TrainingCheckpoint> from,
        DecoderModel model,
        long version,
        RunLogs logs) {
      Stage stage = experiment.stages().get(index);
      TrainingState state =
          from.map(TrainingCheckpoint::state)
              .orElse(
                  new TrainingState(
                      stage.label(), index, 0, version, 0, experiment.seed(), null, Map.of()));
      PublishedPolicies policies = new PublishedPolicies(run.policies());
      policies.keepThrough(version);
      PolicyPublisher publisher =
          new PolicyPublisher(
              policies,
              model,
              start.tokenizerFiles(),
              backend,
              settings.threadsOfTask(experiment.backendThreads()),
              version);
      if (index == 0 && state.step() == 0) {
        logs.append(evaluations.run(stage.label(), 0, publisher.publish()));
        report.write(ReportData.RunState.RUNNING);
      }
      try (StagePlan plan = plan(stage, from, state, model, publisher)) {
        from.ifPresent(c -> plan.learner().restoreState(c.trainer()));
        StageRecord record =
            new StageRecord(
                logs,
                evaluations,
                checkpoints(stage.checkpoints().saveTotalLimit()),
                start,
                model,
                plan.learner(),
                publisher,
                plan.work(),
                state,
                movesReference(stage) ? plan.reference() : Optional.empty(),
                memory,
                report);
        new StageLoop(stage.label(), plan.steps(), stage.checkpoints(), progress)
            .run(plan.work(), state.step(), record);
      }
      return publisher.version();
    }

    private StagePlan plan(
        Stage stage,
        Optional<TrainingCheckpoint> from,
        TrainingState state,
        DecoderModel model,
        PolicyPublisher publisher) {
      if (stage instanceof SftStage sft) {
        SupervisedDataset dataset = data.examples(sft);
        BatchSchedule<SupervisedSequence> schedule =
            new BatchSchedule<>(
                (position, count) ->
                    dataset.draw(position, count).stream()
                        .map(e -> new SupervisedSequence(e.promptTokens(), e.completionTokens()))
                        .toList(),
                dataset.size(),
                sft.batchSize(),
                "batch_size");
        int steps = sft.steps(schedule.batchesAnEpoch());
        Learner learner = new Learner(model, sft.updateSettings(steps));
        SftStep work = new SftStep(schedule, learner, state.dataPosition());
        return new StagePlan(learner, Optional.empty(), work, steps);
      }
      GrpoStage grpo = (GrpoStage) stage;
      PromptDataset dataset = data.prompts(grpo);
      Learner learner = new Learner(model, grpo.updateSettings());
      Optional<DecoderModel> reference = reference(grpo, from, state);
      GrpoStep work =
          new GrpoStep(
              settings.grpo(grpo),
              stages,
              new BatchSchedule<>(
                  dataset::draw, dataset.size(), grpo.promptsPerStep(), "prompts_per_step"),
              publisher::publish,
              learner,
              reference,
              (table, step) -> run.rows(table, stage.label(), step),
              state.dataPosition());
      return new StagePlan(learner, reference, work, grpo.maxSteps());
    }

    private static boolean movesReference(Stage stage) {
      return stage instanceof GrpoStage grpo
          && grpo.loss().beta() != 0
          && grpo.refModelSyncSteps().isPresent();
    }

    /**
     * What KL is measured against: the policy as the stage began, or what has replaced it since.
     */
    private Optional<DecoderModel> reference(
        GrpoStage stage, Optional<TrainingCheckpoint> from, TrainingState state) {
      if (stage.loss().beta() == 0) {
        return Optional.empty();
      }
      if (from.isPresent() && movesReference(stage)) {
        Path replaced = from.get().trainer().resolve(StageRecord.REFERENCE);
        return Optional.of(Checkpoint.open(replaced).load(ops, Purpose.INFERENCE));
      }
      Optional<TrainingCheckpoint> before =
          state.stageIndex() == 0
              ? Optional.empty()
              : checkpoints(0).latest(state.stageIndex() - 1);
      return Optional.of(
          before
              .map(c -> Checkpoint.open(c.path()).load(ops, Purpose.INFERENCE))
              .orElseGet(() -> start.model(experiment.seed(), ops, Purpose.INFERENCE)));
    }

    private TrainingCheckpoints checkpoints(int saveTotalLimit) {
      return new TrainingCheckpoints(run.checkpoints(), saveTotalLimit);
    }
  }
}
