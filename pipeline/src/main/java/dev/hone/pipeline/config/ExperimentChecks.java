package dev.hone.pipeline.config;

import dev.hone.policy.InvalidInput;
import dev.hone.policy.advantage.AdvantageEstimator;
import dev.hone.policy.model.ModelConfig;
import dev.hone.rewards.InvalidReward;
import dev.hone.rewards.RewardRegistry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What no single setting can say of itself: settings that do not fit together. */
final class ExperimentChecks {

  private static final int SPECIAL_TOKENS = 3;

  private final Experiment experiment;
  private final Places places;
  private final Problems problems;

  ExperimentChecks(Experiment experiment, Places places, Problems problems) {
    this.experiment = experiment;
    this.places = places;
    this.problems = problems;
  }

  void all() {
    name();
    model();
    rewards();
    evaluation();
    stages();
  }

  private void problem(String path, String what) {
    problems.add(places.of(path), path, what);
  }

  private void name() {
    if (!experiment.name().matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      problem(
          "name",
          "names a folder: letters, digits, '.', '_' and '-' only, found \""
              + experiment.name()
              + '"');
    }
  }

  private void model() {
    ModelSection model = experiment.model();
    TokenizerSection tokenizer = model.tokenizer();
    boolean fresh = !model.init().isEmpty();
    if (fresh == model.checkpoint().isPresent()) {
      problem(
          "model",
          fresh
              ? "has both checkpoint and init; keep the one to start from"
              : "needs something to start from: a Hugging Face directory (--set model.checkpoint=DIR) or"
                  + " a fresh model (init)");
    }
    if (tokenizer.path().isPresent() && tokenizer.characters().isPresent()) {
      problem("model.tokenizer", "has both path and characters; keep one");
    }
    if (fresh && tokenizer.path().isEmpty() && tokenizer.characters().isEmpty()) {
      problem(
          "model.tokenizer",
          "a fresh model needs a tokenizer; give path (a directory with tokenizer.json) or"
              + " characters");
    }
    if (fresh) {
      freshModel(model);
    }
    if (tokenizer.characters().isPresent()) {
      characters(tokenizer.characters().get());
    }
    if (!fresh && tokenizer.characters().isPresent()) {
      problem(
          "model.tokenizer.characters",
          "is for a fresh model; a checkpoint brings its own tokenizer");
    }
  }

  private void freshModel(ModelSection model) {
    Map<String, Object> keys = new LinkedHashMap<>(model.init());
    // Left out, the vocabulary is as large as the tokenizer, which is not read yet.
    keys.putIfAbsent(
        "vocab_size",
        SPECIAL_TOKENS + model.tokenizer().characters().map(String::length).orElse(0));
    try {
      ModelConfig.fresh("model.init", keys);
    } catch (InvalidInput invalid) {
      problems.add(places.of("model.init"), "", invalid.getMessage());
    }
  }

  private void characters(String characters) {
    Set<Integer> seen = new HashSet<>();
    characters
        .codePoints()
        .filter(character -> !seen.add(character))
        .findFirst()
        .ifPresent(
            twice ->
                problem(
                    "model.tokenizer.characters",
                    "has '" + Character.toString(twice) + "' twice; each stands once"));
    if (characters.isEmpty()) {
      problem("model.tokenizer.characters", "is empty; list every character of the data");
    }
  }

  private void rewards() {
    List<String> names = experiment.rewards().stream().map(RewardSection::label).toList();
    unique("rewards", "name", names);
    for (int i = 0; i < names.size(); i++) {
      reward(Problems.item("rewards", i), experiment.rewards().get(i));
    }
    boolean rewarded = !experiment.rewards().isEmpty();
    for (int i = 0; i < experiment.stages().size(); i++) {
      if (experiment.stages().get(i) instanceof GrpoStage && !rewarded) {
        problem(
            Problems.item("stages", i),
            "grpo needs rewards; add a section such as"
                + " rewards: [{type: final_number, reference: answer}]");
      }
    }
    if (!experiment.evaluation().suites().isEmpty() && !rewarded) {
      problem("evaluation.suites", "need rewards to tell right from wrong; add a section rewards");
    }
  }

  private void reward(String path, RewardSection reward) {
    try {
      RewardRegistry.standard(experiment.sandbox().settings())
          .create(reward.type(), reward.options());
    } catch (InvalidReward invalid) {
      problem(path, invalid.getMessage());
    }
  }

  private void evaluation() {
    EvaluationSection evaluation = experiment.evaluation();
    List<String> rewards = experiment.rewards().stream().map(RewardSection::label).toList();
    evaluation
        .reward()
        .filter(reward -> !rewards.contains(reward))
        .ifPresent(
            reward ->
                problem(
                    "evaluation.reward",
                    "found \""
                        + reward
                        + "\", not a reward here"
                        + Allowed.oneOf(reward, rewards)));
    List<SuiteSection> suites = evaluation.suites();
    unique("evaluation.suites", "name", suites.stream().map(SuiteSection::name).toList());
    for (int i = 0; i < suites.size(); i++) {
      suite(Problems.item("evaluation.suites", i), suites.get(i));
    }
    evaluation.bestMetric().ifPresent(metric -> bestMetric(metric, suites));
  }

  private void suite(String path, SuiteSection suite) {
    if (!suite.name().matches("[A-Za-z0-9._-]+")) {
      problem(
          path + ".name",
          "becomes part of a metric: letters, digits, '.', '_' and '-' only, found \""
              + suite.name()
              + '"');
    }
    for (int k : suite.k()) {
      if (k > suite.numGenerations()) {
        problem(
            path + ".k",
            k
                + " is more than the answers to a problem; allowed: 1 to num_generations ("
                + suite.numGenerations()
                + ")");
      }
    }
    if (suite.k().isEmpty()) {
      problem(path + ".k", "is empty; give at least one k, such as [1]");
    }
    if (suite.numGenerations() > 1 && suite.sampling().temperature() == 0) {
      problem(
          path + ".num_generations",
          "answers at temperature 0 are all the same; set temperature above 0 or num_generations 1");
    }
    dataset(path + ".dataset", suite.dataset());
  }

  private void bestMetric(String metric, List<SuiteSection> suites) {
    List<String> metrics = new ArrayList<>();
    for (SuiteSection suite : suites) {
      String prefix = "eval/" + suite.name() + "/";
      suite.k().forEach(k -> metrics.add(prefix + "pass@" + k));
      suite.k().stream().filter(k -> k > 1).forEach(k -> metrics.add(prefix + "maj@" + k));
      if (suite.numGenerations() > 1) {
        metrics.add(prefix + "avg@" + suite.numGenerations());
      }
    }
    if (!metrics.contains(metric)) {
      problem(
          "evaluation.best_metric",
          "found \"" + metric + "\", which nothing measures" + Allowed.oneOf(metric, metrics));
    }
  }

  private void stages() {
    List<Stage> stages = experiment.stages();
    unique("stages", "name", stages.stream().map(Stage::label).toList());
    for (int i = 0; i < stages.size(); i++) {
      String path = Problems.item("stages", i);
      Stage stage = stages.get(i);
      if (!stage.label().matches("[A-Za-z0-9._-]+")) {
        problem(path + ".name", "names checkpoints: letters, digits, '.', '_' and '-' only");
      }
      dataset(path + ".dataset", stage.dataset());
      if (stage instanceof GrpoStage grpo) {
        grpo(path, grpo);
      }
    }
  }

  private void grpo(String path, GrpoStage grpo) {
    AdvantageEstimator estimator = grpo.advantage().advantage();
    if (grpo.numGenerations() < 2 && estimator != AdvantageEstimator.REMAX) {
      problem(
          path + ".num_generations",
          "must be at least 2, found "
              + grpo.numGenerations()
              + ": advantage "
              + Words.of(estimator)
              + " compares the answers of a group");
    }
    long answers = (long) grpo.promptsPerStep() * grpo.numGenerations();
    if (answers % grpo.miniBatches() != 0) {
      problem(
          path + ".mini_batches",
          "must divide the answers of a step (prompts_per_step * num_generations = "
              + answers
              + "), found "
              + grpo.miniBatches());
    }
    if (grpo.sampling().temperature() == 0) {
      problem(
          path + ".temperature",
          "must be above 0, found 0: answers that are all the same teach nothing");
    }
    if (grpo.rolloutPartitions() > grpo.promptsPerStep()) {
      problem(
          path + ".rollout_partitions",
          "must be at most prompts_per_step ("
              + grpo.promptsPerStep()
              + "), found "
              + grpo.rolloutPartitions());
    }
    List<Double> clip = grpo.advantage().rewardClipRange();
    if (!clip.isEmpty() && (clip.size() != 2 || clip.get(0) > clip.get(1))) {
      problem(path + ".reward_clip_range", "must be [lowest, highest], found " + clip);
    }
    long updates = (long) grpo.maxSteps() * grpo.numIterations() * grpo.miniBatches();
    if (updates > Integer.MAX_VALUE) {
      problem(
          path + ".max_steps",
          "max_steps * num_iterations * mini_batches are " + updates + " updates, too many");
    }
    if (grpo.refModelSyncSteps().isPresent() && grpo.loss().beta() == 0) {
      problem(
          path + ".ref_model_sync_steps",
          "has no effect while beta is 0: no reference policy is kept; set beta or leave this out");
    }
  }

  private void dataset(String path, DatasetSection dataset) {
    boolean generated = dataset.format().equals("arithmetic");
    if (!generated && experiment.data().isEmpty() && dataset.path().isEmpty()) {
      boolean steps = dataset.format().equals("gsm8k_steps");
      problem(
          steps ? "data" : path + ".path",
          steps
              ? "must be given for format gsm8k_steps: the path of GSM8K's train.jsonl (the file"
                  + " grade_school_math/data/train.jsonl of github.com/openai/grade-school-math);"
                  + " write --set data=PATH"
              : "must be given for format "
                  + dataset.format()
                  + ": a JSONL or Parquet file with the rows");
    }
  }

  private void unique(String path, String key, List<String> names) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      if (!seen.add(names.get(i))) {
        problem(
            Problems.item(path, i),
            "\"" + names.get(i) + "\" is there already; give each its own " + key);
      }
    }
  }
}
