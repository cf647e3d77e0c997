package dev.hone.pipeline.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hone.pipeline.config.DatasetSections;
import dev.hone.policy.tokenizer.Tokenizer;
import dev.hone.rewards.RewardFunction;
import dev.hone.rewards.RewardInput;
import dev.hone.rewards.RewardRegistry;
import dev.hone.rewards.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files that people have, with a published tokenizer and its chat template. */
class RealDataTest {

  private static final Path SHARED = Path.of(System.getProperty("hone.shared"));
  private static Datasets datasets;

  @BeforeAll
  static void open() {
    Path checkpoint = SHARED.resolve("models/smollm2-135m-instruct");
    assumeTrue(
        Files.exists(checkpoint) && Files.exists(SHARED.resolve("data")),
        "skipped: the fixtures are not at " + SHARED + "; set -Dhone.shared to their folder");
    datasets =
        new Datasets(
            Tokenizer.open(checkpoint),
            0,
            Optional.of(SHARED.resolve("data")),
            path -> {
              throw new AssertionError("no Parquet here");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "gsm8k/test.jsonl, 1319",
    "svamp/test.jsonl, 1000",
    "mawps/singleop.jsonl, 562",
    "mawps, 2065",
    "aime24/test.jsonl, 30",
    "humaneval/HumanEval.jsonl.gz, 164",
    "word-problems/rl.jsonl, 1173",
    "word-problems/test-svamp.jsonl, 200",
    "word-problems/test-singleop.jsonl, 100"
  })
  void everyRowIsUsable(String path, int rows) {
    PromptDataset dataset = datasets.prompts(DatasetSections.file(path));
    assertThat(dataset.badRows().summary()).isEqualTo("no rows set aside");
    assertThat(dataset.size()).isEqualTo(rows);
    assertThat(dataset.prompts().get(0).text())
        .startsWith("<|im_start|>system\n")
        .endsWith("<|im_end|>\n<|im_start|>assistant\n");
  }

  @ParameterizedTest
  @CsvSource({"gsm8k/test.jsonl", "mawps", "svamp/test.jsonl", "aime24/test.jsonl"})
  void everyAnswerIsANumberThatEqualsItself(String path) {
    RewardFunction reward = RewardRegistry.standard().create("final_number", Map.of());
    for (Prompt prompt : datasets.prompts(DatasetSections.file(path)).prompts()) {
      String answer = Template.text(prompt.columns().get("answer"));
      String number = answer.substring(answer.lastIndexOf('#') + 1);
      RewardInput input =
          new RewardInput(prompt.text(), "so\n#### " + number, 5, true, prompt.columns());
      assertThat(reward.judge(input)).as(prompt.text()).returns(Verdict.CORRECT, j -> j.verdict());
      RewardInput wrong =
          new RewardInput(prompt.text(), "so\n#### 1" + number.strip(), 5, true, prompt.columns());
      assertThat(reward.judge(wrong).score()).as(prompt.text()).isZero();
    }
  }

  @Test
  void supervisedExamplesEndTheAssistantsTurn() {
    SupervisedDataset dataset =
        datasets.supervised(DatasetSections.file("word-problems/sft.jsonl"));
    assertThat(dataset.size()).isEqualTo(800);
    assertThat(dataset.badRows().count()).isZero();
    SupervisedExample example = dataset.examples(0).get(0);
    assertThat(example.completion()).isEqualTo("19 - 8 = 11\n#### 11");
    assertThat(example.completionTokens()).endsWith(2).hasSizeBetween(10, 20);
    assertThat(datasets.supervised(DatasetSections.file("gsm8k/test.jsonl")).size())
        .isEqualTo(1319);
  }
}
