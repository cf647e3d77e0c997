package dev.hone.pipeline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.pipeline.config.DatasetSection;
import dev.hone.pipeline.config.DatasetSections;
import dev.hone.policy.InvalidInput;
import dev.hone.policy.tokenizer.CharacterTokenizer;
import dev.hone.policy.tokenizer.Tokenizer;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {

  private static final String CHARACTERS =
      IntStream.rangeClosed(32, 126).mapToObj(Character::toString).reduce("\n", String::concat);

  @TempDir static Path plainFolder;
  @TempDir static Path chatFolder;
  @TempDir Path folder;

  private static Tokenizer plain;
  private static Tokenizer chat;

  @BeforeAll
  static void tokenizers() throws Exception {
    CharacterTokenizer.write(plainFolder, CHARACTERS);
    plain = Tokenizer.open(plainFolder);
    CharacterTokenizer.write(chatFolder, CHARACTERS);
    Files.writeString(
        chatFolder.resolve("chat_template.jinja"),
        "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}"
            + "{% if add_generation_prompt %}[assistant]{% endif %}");
    chat = Tokenizer.open(chatFolder);
  }

  private static Datasets datasets(Tokenizer tokenizer, long seed) {
    return new Datasets(
        tokenizer,
        seed,
        Optional.empty(),
        path -> {
          throw new AssertionError("no Parquet here");
        });
  }

  private Path file(String name, String... lines) throws Exception {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  private List<Prompt> prompts(DatasetSection section) {
    return datasets(plain, 0).prompts(section).prompts();
  }

  private Prompt only(String line) throws Exception {
    return prompts(DatasetSections.file(file("one.jsonl", line))).get(0);
  }

  @Test
  void theShapesInUseAreRecognised() throws Exception {
    assertThat(only("{\"question\":\"q\",\"answer\":\"so\\n#### 2\"}"))
        .returns("q", Prompt::text)
        .returns("so\n#### 2", p -> p.columns().get("answer"));
    assertThat(only("{\"Body\":\"He has 2\",\"Question\":\"How many?\",\"Answer\":2.0}"))
        .returns("He has 2. How many?", Prompt::text)
        .returns(2.0, p -> p.columns().get("answer"));
    assertThat(only("{\"Body\":\"He has 2.\",\"Question\":\"How many?\",\"Answer\":2.0}"))
        .returns("He has 2. How many?", Prompt::text);
    assertThat(only("{\"input\":\"i\",\"target\":43.0}"))
        .returns("i", Prompt::text)
        .returns(43.0, p -> p.columns().get("answer"));
    assertThat(only("{\"id\":60,\"problem\":\"p\",\"solution\":\"s\",\"answer\":\"204\"}"))
        .returns("p", Prompt::text)
        .returns("204", p -> p.columns().get("answer"));
    assertThat(only("{\"prompt\":\"p\",\"solution\":\"s\"}"))
        .returns("p", Prompt::text)
        .returns("s", p -> p.columns().get("answer"));
    assertThat(
            only(
                "{\"task_id\":\"HumanEval/0\",\"prompt\":\"def f():\\n\",\"canonical_solution\":\"  1\\n\","
                    + "\"test\":\"t\",\"entry_point\":\"f\"}"))
        .returns("def f():\n", Prompt::text)
        .returns("t", p -> p.columns().get("test"));
  }

  @Test
  void verlRowsAreMessagesWithANestedGroundTruth() throws Exception {
    Path file =
        file(
            "verl.jsonl",
            "{\"data_source\":\"gsm8k\",\"prompt\":[{\"role\":\"system\",\"content\":\"s\"},"
                + "{\"role\":\"user\",\"content\":\"u\"}],\"ability\":\"math\",\"reward_model\":"
                + "{\"style\":\"rule\",\"ground_truth\":\"72\"},\"extra_info\":{\"split\":\"train\"}}");
    Prompt prompt = datasets(chat, 0).prompts(DatasetSections.file(file)).prompts().get(0);
    assertThat(prompt.text()).isEqualTo("[system]s[user]u[assistant]");
    assertThat(prompt.columns()).containsEntry("answer", "72");
    assertThatThrownBy(() -> prompts(DatasetSections.file(file)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("chat_template");
    Prompt replaced =
        datasets(chat, 0)
            .prompts(
                DatasetSections.file(
                    file, "prompt_template: '{prompt}!'", "chat: always", "system_prompt: other"))
            .prompts()
            .get(0);
    assertThat(replaced.text()).isEqualTo("[system]other[user]u![assistant]");
  }

  @Test
  void theChatTemplateIsUsedWhereThereIsOne() throws Exception {
    Path file = file("a.jsonl", "{\"question\":\"q\"}");
    assertThat(datasets(chat, 0).prompts(DatasetSections.file(file)).prompts().get(0).text())
        .isEqualTo("[user]q[assistant]");
    assertThat(
            datasets(chat, 0)
                .prompts(DatasetSections.file(file, "chat: never"))
                .prompts()
                .get(0)
                .text())
        .isEqualTo("q");
    assertThatThrownBy(() -> prompts(DatasetSections.file(file, "chat: always")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("no chat template");
    assertThatThrownBy(() -> prompts(DatasetSections.file(file, "system_prompt: system")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("system_prompt");
  }

  @Test
  void templatesAndColumnsOfTheExperimentComeFirst() throws Exception {
    Path file = file("a.jsonl", "{\"q\":\"1+1\",\"a\":2.0,\"answer\":\"no\",\"m\":{\"n\":3}}");
    DatasetSection section =
        DatasetSections.file(
            file,
            "columns: {answer: a}",
            "prompt_template: '{q} {{{m.n}}}='",
            "completion_template: so {a}");
    assertThat(prompts(section).get(0))
        .returns("1+1 {3}=", Prompt::text)
        .returns(2.0, p -> p.columns().get("answer"));
    assertThat(datasets(plain, 0).supervised(section).draw(0, 1).get(0).completion())
        .isEqualTo("so 2");
  }

  @Test
  void mistakesInTheDescriptionAreNamedInOneLine() throws Exception {
    Path file = file("a.jsonl", "{\"q\":\"1+1\"}");
    assertMessage(
        DatasetSections.file(file), "no column looks like a prompt", "[q]", "prompt_template");
    assertMessage(
        DatasetSections.file(file, "prompt_template: '{question}'"),
        "prompt_template",
        "'question'",
        "[q]");
    assertMessage(DatasetSections.file(file, "prompt_template: '{q'"), "'{' at character 1", "{{");
    assertMessage(DatasetSections.file(file, "prompt_template: 'q}'"), "'}' at character 2");
    assertMessage(
        DatasetSections.file(file, "columns: {prompt: x}"), "columns: prompt", "'x'", "[q]");
    assertMessage(DatasetSections.file(file, "columns: {promt: q}"), "'promt' is no part");
    assertMessage(DatasetSections.file(folder.resolve("none.jsonl")), "there is no data at");
    assertMessage(DatasetSections.of("format: arithmetic"), "'split'", "sft, rl and test");
    assertMessage(DatasetSections.of("format: auto"), "'path'", "'data'");
    assertMessage(
        DatasetSections.file(file, "columns: {prompt: q}", "split: validation"),
        "'validation'",
        "train and test");
    assertThatThrownBy(
            () -> datasets(plain, 0).supervised(DatasetSections.file(file, "columns: {prompt: q}")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("no column looks like a completion");
  }

  private void assertMessage(DatasetSection section, String... parts) {
    assertThatThrownBy(() -> prompts(section))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContainingAll(parts)
        .hasMessageNotContaining("\n");
  }

  @Test
  void badRowsAreCountedKeptAsideAndNamed() throws Exception {
    Path file = folder.resolve("bad.jsonl");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(
          """
          {"prompt": "one", "answer": "1"}
          {"prompt": "two"

          [3]
          {"answer": "4"}
          {"prompt": "", "answer": "5"}
          {"prompt": "much too long", "answer": "6"}
          {"prompt": "sev\u00e9n", "answer": "7"}
          """
              .getBytes(StandardCharsets.UTF_8));
      out.write(new byte[] {'{', '"', (byte) 0xff, '"', '}', '\n'});
      out.write("{\"prompt\": \"nine\", \"answer\": null}\n".getBytes(StandardCharsets.UTF_8));
    }
    PromptDataset dataset =
        datasets(plain, 0).prompts(DatasetSections.file(file, "max_prompt_length: 5"));
    assertThat(dataset.prompts()).extracting(Prompt::text).containsExactly("one", "nine");
    assertThat(dataset.prompts()).extracting(Prompt::id).containsExactly(0L, 8L);
    BadRows bad = dataset.badRows();
    assertThat(bad.count()).isEqualTo(7);
    assertThat(bad.rows())
        .extracting(BadRows.BadRow::place)
        .containsExactlyInAnyOrder(
            "bad.jsonl:2",
            "bad.jsonl:4",
            "bad.jsonl:5",
            "bad.jsonl:6",
            "bad.jsonl:7",
            "bad.jsonl:8",
            "bad.jsonl:9");
    assertThat(bad.summary())
        .startsWith("7 rows set aside: ")
        .contains("2 × not a JSON object (bad.jsonl:2, bad.jsonl:4)")
        .contains("prompt longer than max_prompt_length 5 (bad.jsonl:7)")
        .contains("no column 'prompt' (bad.jsonl:5)")
        .contains("empty prompt (bad.jsonl:6)")
        .contains("not UTF-8 (bad.jsonl:9)");
    Path kept = folder.resolve("bad-rows.jsonl");
    bad.write(kept);
    assertThat(Files.readAllLines(kept)).hasSize(7);
  }

  @Test
  void aFileWithoutAUsableRowIsRefused() throws Exception {
    assertMessage(
        DatasetSections.file(file("a.jsonl", "{\"prompt\":\"\"}")),
        "no usable row",
        "empty prompt",
        "a.jsonl:1");
    assertMessage(DatasetSections.file(file("b.jsonl", "{")), "no usable row", "b.jsonl:1");
    assertMessage(DatasetSections.file(file("c.jsonl", "")), "it is empty");
    assertMessage(DatasetSections.file(file("d.json", "[{\"prompt\":")), "broken JSON");
  }

  @Test
  void arraysGzipFoldersAndPatternsAreRead() throws Exception {
    file("a.json", "\uFEFF[{\"prompt\":\"a\"},", "{\"prompt\":\"b\"}]");
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("c.jsonl.gz")))) {
      out.write("{\"prompt\":\"c\"}\n{\"prompt\":\"d\"}\n".getBytes(StandardCharsets.UTF_8));
    }
    file("notes.txt", "no data");
    for (String path : List.of(folder.toString(), folder + "/*.json*")) {
      assertThat(prompts(DatasetSections.file(path)))
          .extracting(Prompt::text)
          .containsExactly("a", "b", "c", "d");
    }
  }

  @Test
  void filesAreDividedByTheirColumnOrByAHashOfThePrompt() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      lines.add("{\"prompt\":\"p" + i + "\"}");
    }
    Path file = file("many.jsonl", lines.toArray(String[]::new));
    List<Prompt> train = prompts(DatasetSections.file(file, "split: train"));
    List<Prompt> test = prompts(DatasetSections.file(file, "split: test"));
    assertThat(train.size() + test.size()).isEqualTo(500);
    assertThat(test.size()).isBetween(25, 80);
    assertThat(train)
        .extracting(Prompt::id)
        .doesNotContainAnyElementsOf(test.stream().map(Prompt::id).toList());
    Path named =
        file(
            "named.jsonl",
            "{\"prompt\":\"a\",\"split\":\"dev\"}",
            "{\"prompt\":\"b\",\"split\":\"x\"}");
    assertThat(prompts(DatasetSections.file(named, "split: dev")))
        .extracting(Prompt::text)
        .containsExactly("a");
    assertThat(prompts(DatasetSections.file(file, "limit: 3"))).hasSize(3);
  }

  @Test
  void everyEpochHoldsEveryRowOnceInAnOrderOfItsOwn() throws Exception {
    List<String> lines =
        IntStream.range(0, 50).mapToObj(i -> "{\"prompt\":\"p" + i + "\"}").toList();
    DatasetSection section = DatasetSections.file(file("p.jsonl", lines.toArray(String[]::new)));
    PromptDataset dataset = datasets(plain, 3).prompts(section);
    List<Long> first = dataset.draw(0, 50).stream().map(Prompt::id).toList();
    List<Long> second = dataset.draw(50, 50).stream().map(Prompt::id).toList();
    assertThat(first).containsExactlyInAnyOrderElementsOf(second).isNotEqualTo(second);
    assertThat(first).isNotEqualTo(IntStream.range(0, 50).mapToObj(i -> (long) i).toList());
    List<Long> across = dataset.draw(40, 20).stream().map(Prompt::id).toList();
    assertThat(across.subList(0, 10)).isEqualTo(first.subList(40, 50));
    assertThat(across.subList(10, 20)).isEqualTo(second.subList(0, 10));
    assertThat(datasets(plain, 3).prompts(section).draw(0, 50))
        .extracting(Prompt::id)
        .isEqualTo(first);
    assertThat(datasets(plain, 4).prompts(section).draw(0, 50))
        .extracting(Prompt::id)
        .isNotEqualTo(first);
  }

  @Test
  void aSupervisedExampleEndsWithTheEndOfSequence() throws Exception {
    Path file =
        file(
            "s.jsonl",
            "{\"prompt\":\"ab\",\"completion\":\"ba\"}",
            "{\"prompt\":\"c\",\"completion\":\" \"}");
    SupervisedDataset dataset = datasets(plain, 0).supervised(DatasetSections.file(file));
    assertThat(dataset.size()).isEqualTo(1);
    assertThat(dataset.badRows().summary()).contains("empty completion (s.jsonl:2)");
    SupervisedExample example = dataset.draw(0, 1).get(0);
    int[] ab = plain.encodeVerbatim("ab");
    assertThat(example.promptTokens()).isEqualTo(ab);
    assertThat(example.completionTokens())
        .isEqualTo(new int[] {ab[1], ab[0], CharacterTokenizer.EOS});
  }

  @Test
  void theFormOfAGeneratedExampleIsDrawnAnewEveryEpoch() {
    DatasetSection section = DatasetSections.of("format: arithmetic", "split: sft", "limit: 2000");
    SupervisedDataset dataset = datasets(plain, 0).supervised(section);
    List<SupervisedExample> first = dataset.examples(0);
    List<SupervisedExample> second = dataset.examples(1);
    double working = first.stream().filter(e -> !e.completion().startsWith("#")).count() / 2000.0;
    assertThat(working).isBetween(0.30, 0.43);
    long changed =
        IntStream.range(0, 2000)
            .filter(i -> !first.get(i).completion().equals(second.get(i).completion()))
            .count();
    assertThat(changed).isBetween(700L, 1100L);
    assertThat(first)
        .extracting(SupervisedExample::completion)
        .isEqualTo(
            datasets(plain, 0).supervised(section).examples(0).stream()
                .map(SupervisedExample::completion)
                .toList());
    assertThat(dataset.draw(2000, 5))
        .extracting(SupervisedExample::completion)
        .isSubsetOf(second.stream().map(SupervisedExample::completion).toList());
    assertThat(first.get(0).prompt()).endsWith("=");
    assertThat(first).allMatch(e -> e.completionTokens().length <= 37);
  }

  @Test
  void generatedPromptsCarryTheirAnswer() {
    DatasetSection section = DatasetSections.of("format: arithmetic", "split: test", "limit: 600");
    List<Prompt> prompts = prompts(section);
    assertThat(prompts).hasSize(600);
    for (Prompt prompt : prompts) {
      String expression = prompt.text().substring(0, prompt.text().length() - 1);
      assertThat(Map.of("answer", prompt.columns().get("answer")))
          .containsEntry(
              "answer",
              String.valueOf(Expression.parse(expression).orElseThrow().value().orElseThrow()));
    }
  }
}
