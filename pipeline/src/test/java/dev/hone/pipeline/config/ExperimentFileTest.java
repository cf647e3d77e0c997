package dev.hone.pipeline.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.policy.InvalidInput;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentFileTest {

  private static final String YAML =
      """
      seed: 7
      model:
        init:
          {model_type: llama, vocab_size: 18, hidden_size: 16, num_hidden_layers: 1,
           num_attention_heads: 2, intermediate_size: 32, rms_norm_eps: 1e-6,
           max_position_embeddings: 64, tie_word_embeddings: true, rope_scaling: null}
        tokenizer: {characters: "0123456789+-= #:"}
      spark: {conf: {spark.executor.memory: 8g, spark.task.cpus: 2}}
      rewards:
        - {type: final_number, reference: answer}
        - {name: short, type: length, weight: 0.1, max_length: 40}
      evaluation:
        suites: [{name: test, dataset: {path: t.jsonl}}]
      stages:
        - type: sft
          dataset: {path: a.jsonl, columns: {prompt: question}}
          learning_rate: 2e-3
        - type: grpo
          dataset: &rl {path: b.jsonl}
          epsilon_high: 0.28
          stop: ["\\n\\n"]
        - {type: grpo, name: again, dataset: *rl}
      """;

  private static Experiment parse(String... overrides) {
    return ExperimentFile.parse("x.yaml", YAML, List.of(overrides));
  }

  private static GrpoStage grpo(Experiment experiment) {
    return (GrpoStage) experiment.stages().get(1);
  }

  @Test
  void whatIsWrittenIsRead() {
    Experiment experiment = parse();

    assertThat(experiment.seed()).isEqualTo(7);
    assertThat(experiment.model().init())
        .containsEntry("rms_norm_eps", 1e-6)
        .containsEntry("hidden_size", 16)
        .containsEntry("tie_word_embeddings", true)
        .containsEntry("rope_scaling", null);
    assertThat(experiment.spark().conf())
        .containsEntry("spark.executor.memory", "8g")
        .containsEntry("spark.task.cpus", "2");
    assertThat(experiment.rewards().get(1).options()).containsOnlyKeys("max_length");
    assertThat(experiment.stages().get(0).optimizer().learningRate()).isEqualTo(2e-3);
    assertThat(experiment.stages().get(0).dataset().columns()).containsEntry("prompt", "question");
    assertThat(grpo(experiment).loss().epsilonHigh()).isEqualTo(OptionalDouble.of(0.28));
    assertThat(grpo(experiment).sampling().stop()).containsExactly("\n\n");
    assertThat(experiment.stages().get(2).dataset()).isEqualTo(grpo(experiment).dataset());
  }

  @Test
  void whatIsLeftOutTakesTheDefaultOfTrl() {
    GrpoStage stage = grpo(parse());

    assertThat(stage.numGenerations()).isEqualTo(8);
    assertThat(stage.optimizer().learningRate()).isEqualTo(1e-6);
    assertThat(stage.loss().epsilon()).isEqualTo(0.2);
    assertThat(stage.loss().beta()).isEqualTo(0);
    assertThat(stage.sampling().temperature()).isEqualTo(1.0);
    assertThat(stage.sampling().maxCompletionLength()).isEqualTo(512);
    assertThat(parse().evaluation().suites().get(0).sampling().temperature()).isEqualTo(0);
  }

  @Test
  void nullIsTheDefault() {
    Experiment experiment = parse("stages.grpo.epsilon_high=null", "stages.sft.batch_size=");

    assertThat(grpo(experiment).loss().epsilonHigh()).isEmpty();
    assertThat(((SftStage) experiment.stages().get(0)).batchSize()).isEqualTo(64);
  }

  @Test
  void whatIsWrittenBackReadsTheSame() {
    Experiment experiment = parse();

    String yaml = ExperimentFile.write(experiment);

    assertThat(ExperimentFile.parse("config.yaml", yaml, List.of())).isEqualTo(experiment);
    assertThat(ExperimentFile.write(ExperimentFile.parse("config.yaml", yaml, List.of())))
        .isEqualTo(yaml);
  }

  @Property(tries = 300)
  void anyTextReadsBackTheSame(@ForAll String text) {
    // YAML has no way to write half of a surrogate pair.
    String whole = new String(text.getBytes(UTF_8), UTF_8);
    String yaml =
        YamlWriter.write(new TokenizerSection(Optional.of(whole), Optional.of("x" + whole)));
    Problems problems = new Problems();
    TokenizerSection read =
        new Binder(problems)
            .section(TokenizerSection.class, YamlReader.read("x", yaml, problems), "");

    assertThat(problems.lines()).isEmpty();
    assertThat(read.path()).contains(whole);
  }

  @Test
  void anOverrideReachesAnItemByPositionNameOrType() {
    assertThat(grpo(parse("stages.1.max_steps=20")).maxSteps()).isEqualTo(20);
    assertThat(grpo(parse("stages[1].max_steps=20")).maxSteps()).isEqualTo(20);
    assertThat(grpo(parse("stages.grpo.max_steps=20")).maxSteps()).isEqualTo(20);
    assertThat(((GrpoStage) parse("stages.again.max_steps=20").stages().get(2)).maxSteps())
        .isEqualTo(20);
    assertThat(parse("rewards.short.weight=2").rewards().get(1).weight()).isEqualTo(2);
  }

  @Test
  void anOverrideMayBeAnyYaml() {
    Experiment experiment =
        parse(
            "stages.grpo.stop=[a, 'b c']",
            "spark.conf.spark=x",
            "data= /some/where with spaces",
            "stages.grpo.dynamic_sampling={enabled: true}",
            "stages.grpo.learning_rate=1e-5",
            "evaluation.suites.test.num_generations=1");

    assertThat(grpo(experiment).sampling().stop()).containsExactly("a", "b c");
    assertThat(experiment.data()).contains("/some/where with spaces");
    assertThat(grpo(experiment).dynamicSampling().enabled()).isTrue();
    assertThat(grpo(experiment).optimizer().learningRate()).isEqualTo(1e-5);
  }

  @Test
  void laterOverridesWin() {
    assertThat(parse("seed=1", "seed=2").seed()).isEqualTo(2);
  }

  @Test
  void theRunIsNamedAfterTheFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("my-run.yaml");
    Files.writeString(file, YAML);
    for (String data : List.of("a.jsonl", "b.jsonl", "t.jsonl")) {
      Files.createFile(folder.resolve(data));
    }
    String data = "data=" + folder;

    assertThat(ExperimentFile.read(file, List.of(data)).name()).isEqualTo("my-run");
    assertThat(ExperimentFile.read(file, List.of(data, "name=other")).name()).isEqualTo("other");
  }

  @Test
  void aFileThatCannotBeReadIsOneLine(@TempDir Path folder) throws Exception {
    Path absent = folder.resolve("absent.yaml");
    assertThatThrownBy(() -> ExperimentFile.read(absent, List.of()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageStartingWith(absent + ": no such file")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> ExperimentFile.read(folder, List.of()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cannot be read (a folder)");
    Path binary = folder.resolve("binary.yaml");
    Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
    assertThatThrownBy(() -> ExperimentFile.read(binary, List.of()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("not UTF-8 text");
  }

  @Test
  void filesThatAreNotThereAreNamedWithTheLineThatAsksForThem(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("x.yaml");
    Files.writeString(
        file,
        """
        model: {checkpoint: /no/such/model}
        stages:
          - type: sft
            dataset: {path: no-such.jsonl}
        """);

    assertThatThrownBy(() -> ExperimentFile.read(file, List.of()))
        .isInstanceOf(InvalidInput.class)
        .hasMessage(
            file
                + ":1: model.checkpoint: there is no /no/such/model; give a Hugging Face directory"
                + "\n"
                + file
                + ":4: stages[0].dataset.path: there is no no-such.jsonl in the working directory;"
                + " name the folder that it lies in with --set data=FOLDER");
  }
}
