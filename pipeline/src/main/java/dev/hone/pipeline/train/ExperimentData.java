package dev.hone.pipeline.train;

import dev.hone.pipeline.config.Experiment;
import dev.hone.pipeline.config.GrpoStage;
import dev.hone.pipeline.config.SftStage;
import dev.hone.pipeline.config.Stage;
import dev.hone.pipeline.config.SuiteSection;
import dev.hone.pipeline.data.BadRows;
import dev.hone.pipeline.data.Datasets;
import dev.hone.pipeline.data.PromptDataset;
import dev.hone.pipeline.data.SupervisedDataset;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Every dataset of an experiment, opened before any work is done, so that a mistake in the last
 * stage's data does not cost the first stage.
 */
final class ExperimentData {

  private final Map<Stage, PromptDataset> prompts = new LinkedHashMap<>();
  private final Map<Stage, SupervisedDataset> examples = new LinkedHashMap<>();
  private final Map<SuiteSection, PromptDataset> problems = new LinkedHashMap<>();
  private final Map<String, BadRows> badRows = new LinkedHashMap<>();

  ExperimentData(Experiment experiment, Datasets datasets) {
    for (Stage stage : experiment.stages()) {
      if (stage instanceof SftStage sft) {
        SupervisedDataset dataset = datasets.supervised(sft.dataset());
        examples.put(stage, dataset);
        badRows.put(dataset.title(), dataset.badRows());
      } else if (stage instanceof GrpoStage grpo) {
        PromptDataset dataset = datasets.prompts(grpo.dataset());
        prompts.put(stage, dataset);
        badRows.put(dataset.title(), dataset.badRows());
      }
    }
    for (SuiteSection suite : experiment.evaluation().suites()) {
      PromptDataset dataset = datasets.prompts(suite.dataset());
      problems.put(suite, dataset);
      badRows.put(dataset.title(), dataset.badRows());
    }
  }

  PromptDataset prompts(GrpoStage stage) {
    return prompts.get(stage);
  }

  SupervisedDataset examples(SftStage stage) {
    return examples.get(stage);
  }

  PromptDataset problems(SuiteSection suite) {
    return problems.get(suite);
  }

  /** Rows that could not be used, by dataset. */
  Map<String, BadRows> badRows() {
    return badRows;
  }
}
