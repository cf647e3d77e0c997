package dev.hone.pipeline.train;

import dev.hone.pipeline.config.Experiment;
import dev.hone.pipeline.config.SuiteSection;
import dev.hone.pipeline.data.BadRows;
import dev.hone.pipeline.data.Datasets;
import dev.hone.pipeline.data.ParquetRows;
import dev.hone.pipeline.evaluation.Evaluation;
import dev.hone.pipeline.evaluation.EvaluationResult;
import dev.hone.pipeline.evaluation.Evaluator;
import dev.hone.pipeline.evaluation.SampleAnswer;
import dev.hone.pipeline.evaluation.Suite;
import dev.hone.pipeline.run.Progress;
import dev.hone.pipeline.stage.PolicyHolder;
import dev.hone.pipeline.stage.PolicyReference;
import dev.hone.pipeline.stage.Stages;
import dev.hone.policy.InvalidInput;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.ComputeDtype;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Measures a checkpoint on the suites of an experiment, without training. */
public final class EvaluationRunner {

  private final Experiment experiment;
  private final Supplier<Stages> engine;
  private final ParquetRows parquet;
  private final Progress progress;

  /**
   * @param experiment starts from the checkpoint to measure; its stages are not looked at
   * @param engine opens what runs the distributed stages, after everything is checked
   * @param parquet reads Parquet datasets
   */
  public EvaluationRunner(
      Experiment experiment, Supplier<Stages> engine, ParquetRows parquet, Progress progress) {
    this.experiment = experiment;
    this.engine = engine;
    this.parquet = parquet;
    this.progress = progress;
  }

  /**
   * Answers and judges every suite.
   *
   * @param folder where the answers and their judgements are kept, as Parquet, a folder a suite
   */
  public Evaluation run(Path folder) {
    String checkpoint =
        experiment
            .model()
            .checkpoint()
            .orElseThrow(() -> new InvalidInput("model.checkpoint: name the one to evaluate"));
    Backends.Choice backend = Backends.choose(experiment.backend(), experiment.dtype());
    try (StartingPolicy policy = StartingPolicy.open(experiment.model())) {
      Datasets datasets =
          new Datasets(
              policy.tokenizer(), experiment.seed(), experiment.data().map(Path::of), parquet);
      StageSettings settings = new StageSettings(experiment);
      settings.prepareRewards();
      Map<Suite, BadRows> suites = new LinkedHashMap<>();
      for (SuiteSection section : experiment.evaluation().suites()) {
        var problems = datasets.prompts(section.dataset());
        suites.put(settings.suite(section, problems), problems.badRows());
      }
      PolicyReference reference =
          new PolicyReference(
              checkpoint,
              0,
              backend.backend().name(),
              ComputeDtype.of(backend.precision()),
              experiment.backendThreads());
      List<EvaluationResult> results = new ArrayList<>();
      List<SampleAnswer> answers = new ArrayList<>();
      Evaluator evaluator = new Evaluator(engine.get());
      progress.info(backend.describe(experiment.backendThreads()));
      suites.forEach(
          (suite, bad) -> {
            progress.info(suite.name() + ": " + suite.prompts().size() + " problems");
            if (bad.count() > 0) {
              progress.info(suite.name() + ": " + bad.summary());
            }
            Evaluator.Outcome outcome =
                evaluator.run(suite, reference, folder.resolve(suite.name()));
            results.add(outcome.result());
            answers.addAll(outcome.answers());
          });
      return new Evaluation("evaluate", 0, RunLogs.now(), results, answers);
    } finally {
      PolicyHolder.clear();
    }
  }
}
