package dev.hone.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hone.policy.InvalidInput;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every kind of mistake in an experiment, and the very line that a user reads. */
class ExperimentErrorsTest {

  private static final String SOUND =
      """
      model: {checkpoint: models/tiny}
      rewards: [{type: final_number}]
      stages:
        - type: grpo
          dataset: {path: train.jsonl}
      """;

  private static List<String> problems(String yaml, String... overrides) {
    InvalidInput invalid =
        catchThrowableOfType(
            InvalidInput.class, () -> ExperimentFile.parse("x.yaml", yaml, List.of(overrides)));
    return invalid == null ? List.of() : invalid.getMessage().lines().toList();
  }

  private static List<String> withGrpo(String... lines) {
    return problems(SOUND + "    " + String.join("\n    ", lines) + "\n");
  }

  @Test
  void aSoundExperimentHasNone() {
    assertThat(problems(SOUND)).isEmpty();
  }

  @Test
  void anUnknownKeyNamesTheNearest() {
    assertThat(withGrpo("num_generation: 8"))
        .containsExactly(
            "x.yaml:6: stages[0].num_generation: no such key; did you mean num_generations?"
                + " `hone config` lists the "
                + (Schema.names(GrpoStage.class).size() + 1)
                + " keys allowed here");
  }

  @Test
  void inAShortSectionAllKeysAreNamed() {
    assertThat(problems(SOUND + "spark: {conv: {a: b}}\n"))
        .containsExactly(
            "x.yaml:6: spark.conv: no such key; did you mean conf? allowed: master, conf");
  }

  @Test
  void anUnknownKeyWithNothingNearListsWhatIsAllowed() {
    assertThat(problems(SOUND + "spark: {zebra: 1}\n"))
        .containsExactly("x.yaml:6: spark.zebra: no such key; allowed: master, conf");
  }

  @Test
  void aWrongTypeSaysWhatWasFound() {
    assertThat(withGrpo("num_generations: eight"))
        .containsExactly(
            "x.yaml:6: stages[0].num_generations: must be a whole number of at least 1, found"
                + " \"eight\"");
    assertThat(withGrpo("num_generations: 2.5"))
        .containsExactly(
            "x.yaml:6: stages[0].num_generations: must be a whole number of at least 1, found 2.5");
    assertThat(withGrpo("beta: [1]"))
        .containsExactly("x.yaml:6: stages[0].beta: must be a number of at least 0, found a list");
    assertThat(withGrpo("mask_truncated_completions: maybe"))
        .containsExactly(
            "x.yaml:6: stages[0].mask_truncated_completions: must be true or false, found"
                + " \"maybe\"");
    assertThat(withGrpo("stop: END"))
        .containsExactly(
            "x.yaml:6: stages[0].stop: must be a list ([a, b], or lines that begin with -), found"
                + " \"END\"");
    assertThat(withGrpo("dynamic_sampling: true"))
        .containsExactly(
            "x.yaml:6: stages[0].dynamic_sampling: must be a section of keys, found true");
    assertThat(problems(SOUND + "name: 12\n"))
        .containsExactly("x.yaml:6: name: must be text, found 12 (write \"12\")");
  }

  @Test
  void aNumberOutOfRangeSaysTheRange() {
    assertThat(withGrpo("top_p: 1.5"))
        .containsExactly(
            "x.yaml:6: stages[0].top_p: must be a number above 0 and at most 1, found 1.5");
    assertThat(withGrpo("adam_beta1: 1"))
        .containsExactly(
            "x.yaml:6: stages[0].adam_beta1: must be a number of at least 0 and below 1, found 1");
    assertThat(withGrpo("max_steps: 99999999999999999999"))
        .containsExactly(
            "x.yaml:6: stages[0].max_steps: must be a whole number of at least 1, found"
                + " 99999999999999999999");
    assertThat(withGrpo("learning_rate: .nan")).hasSize(1);
    assertThat(withGrpo("learning_rate: .inf")).hasSize(1);
  }

  @Test
  void anUnknownWordNamesTheNearest() {
    assertThat(withGrpo("scale_rewards: groups"))
        .containsExactly(
            "x.yaml:6: stages[0].scale_rewards: found \"groups\"; did you mean group? allowed:"
                + " group, batch, none");
  }

  @Test
  void anUnknownStageNamesTheNearest() {
    assertThat(problems("model: {checkpoint: m}\nstages:\n  - type: gpro\n"))
        .containsExactly(
            "x.yaml:3: stages[0].type: found \"gpro\"; did you mean grpo? allowed: sft, grpo");
    assertThat(problems("model: {checkpoint: m}\nstages:\n  - dataset: {path: a.jsonl}\n"))
        .containsExactly("x.yaml:3: stages[0].type: must be given; allowed: sft, grpo");
  }

  @Test
  void aKeyGivenTwiceNamesBothLines() {
    assertThat(problems(SOUND + "seed: 1\nname: a\nseed: 2\n"))
        .containsExactly("x.yaml:8: seed: given twice (first at x.yaml:6); keep one");
  }

  @Test
  void brokenYamlNamesTheLine() {
    assertThat(problems("name: a\nmodel: {checkpoint: [\n"))
        .containsExactly("x.yaml:3: not YAML: expected the node content, but found '<stream end>'");
    assertThat(problems("name: a\n\tseed: 1\n"))
        .singleElement()
        .asString()
        .startsWith("x.yaml:2: not YAML: found character '\\t(TAB)'");
    assertThat(problems("a: b: c\n"))
        .containsExactly("x.yaml:1: not YAML: mapping values are not allowed here");
  }

  @Test
  void whatIsNoSectionAtAllIsSaidToBeNone() {
    assertThat(problems("- a\n- b\n"))
        .containsExactly("x.yaml:1: must be a section of keys, found a list");
    assertThat(problems("just text\n"))
        .containsExactly("x.yaml:1: must be a section of keys, found \"just text\"");
    assertThat(problems(SOUND + "---\nseed: 1\n"))
        .containsExactly("x.yaml:7: a second document (after ---); only one is read");
  }

  @Test
  void severalMistakesAreSaidAtOnceInOrder() {
    assertThat(
            problems(
                """
                sed: 1
                threads: -1
                model: {checkpoint: m}
                stages:
                  - type: sft
                    batch_sise: 3
                    max_steps: 0
                """))
        .containsExactly(
            "x.yaml:1: sed: no such key; did you mean seed? allowed: "
                + String.join(", ", Schema.names(Experiment.class)),
            "x.yaml:2: threads: must be a whole number of at least 0, found -1",
            "x.yaml:6: stages[0].batch_sise: no such key; did you mean batch_size? `hone config`"
                + " lists the "
                + (Schema.names(SftStage.class).size() + 1)
                + " keys allowed here",
            "x.yaml:7: stages[0].max_steps: must be a whole number of at least 1, found 0");
  }

  @Test
  void aModelStartsFromOnePlace() {
    String stages = "stages: [{type: sft, dataset: {path: a.jsonl}}]\n";
    assertThat(problems(stages))
        .containsExactly(
            "x.yaml:1: model: needs something to start from: a Hugging Face directory (--set"
                + " model.checkpoint=DIR) or a fresh model (init)");
    assertThat(problems(stages + "model:\n  init: {model_type: llama}\n"))
        .containsExactly(
            "x.yaml:2: model.tokenizer: a fresh model needs a tokenizer; give path (a directory"
                + " with tokenizer.json) or characters");
    assertThat(
            problems(
                stages
                    + "model:\n  checkpoint: m\n  init: {model_type: llama}\n  tokenizer: {characters: abca}\n"))
        .containsExactly(
            "x.yaml:2: model: has both checkpoint and init; keep the one to start from",
            "x.yaml:5: model.tokenizer.characters: has 'a' twice; each stands once");
  }

  @Test
  void groupsNeedRewardsAndSeveralAnswers() {
    assertThat(
            problems(
                """
                model: {checkpoint: m}
                stages:
                  - type: grpo
                    dataset: {path: a.jsonl}
                    num_generations: 1
                """))
        .containsExactly(
            "x.yaml:3: stages[0]: grpo needs rewards; add a section such as rewards: [{type:"
                + " final_number, reference: answer}]",
            "x.yaml:5: stages[0].num_generations: must be at least 2, found 1: advantage grpo"
                + " compares the answers of a group");
    assertThat(withGrpo("num_generations: 1", "advantage: remax")).isEmpty();
  }

  @Test
  void miniBatchesDivideTheAnswersOfAStep() {
    assertThat(withGrpo("prompts_per_step: 4", "num_generations: 4", "mini_batches: 3"))
        .containsExactly(
            "x.yaml:8: stages[0].mini_batches: must divide the answers of a step"
                + " (prompts_per_step * num_generations = 16), found 3");
  }

  @Test
  void theBestMetricIsOneThatIsMeasured() {
    assertThat(
            problems(
                SOUND
                    + """
                    evaluation:
                      suites: [{name: test, dataset: {path: t.jsonl}, num_generations: 1}]
                      best_metric: eval/tset/pass@1
                    """))
        .containsExactly(
            "x.yaml:8: evaluation.best_metric: found \"eval/tset/pass@1\", which nothing"
                + " measures; did you mean eval/test/pass@1? allowed: eval/test/pass@1");
  }

  @Test
  void kIsWithinTheAnswersToAProblem() {
    assertThat(
            problems(
                SOUND
                    + """
                    evaluation:
                      suites:
                        - dataset: {path: t.jsonl}
                          num_generations: 4
                          temperature: 0.6
                          k: [1, 8]
                    """))
        .containsExactly(
            "x.yaml:11: evaluation.suites[0].k: 8 is more than the answers to a problem; allowed: 1"
                + " to num_generations (4)");
  }

  @Test
  void gsm8kStepsNamesTheFileToFetch() {
    assertThat(
            problems(
                """
                model: {checkpoint: m}
                data: null
                stages: [{type: sft, dataset: {format: gsm8k_steps, split: sft}}]
                """))
        .singleElement()
        .asString()
        .startsWith("x.yaml:2: data: must be given for format gsm8k_steps")
        .contains("grade_school_math/data/train.jsonl")
        .contains("--set data=");
  }

  @Test
  void aMistakeInAnOverrideNamesTheOverride() {
    assertThat(problems(SOUND, "stages.grpo.max_step=20"))
        .singleElement()
        .asString()
        .startsWith("--set stages.grpo.max_step: stages[0].max_step: no such key; did you mean");
    assertThat(problems(SOUND, "stages.3.max_steps=20"))
        .containsExactly("--set stages.3.max_steps: stages has no item 3; allowed: 0, grpo");
    assertThat(problems(SOUND, "seed.x=20")).isNotEmpty();
    assertThat(problems(SOUND, "seed")).containsExactly("--set seed: must be key.path=value");
    assertThat(problems(SOUND + "seed: 1\n", "seed.x=20"))
        .containsExactly("--set seed.x: seed holds 1, not keys");
  }
}
