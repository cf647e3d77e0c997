package dev.hone.policy.generation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.checkpoint.Safetensors;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The generator on real models of every family. */
class GeneratorTest {

  /** Stays open: JUnit and jqwik run their parts of this class one after the other. */
  private static final Ops OPS = Backends.select("auto").open(1);

  private static final RandomKey KEY = new RandomKey(3, 1);

  private static Path fixture(String name) {
    Path fixture =
        Path.of(System.getProperty("hone.shared", "shared")).resolve("fixtures").resolve(name);
    Assumptions.assumeTrue(
        Files.isDirectory(fixture),
        "skipped: the fixtures are not at " + fixture + "; set -Dhone.shared");
    return fixture;
  }

  private static DecoderModel model(Path fixture) {
    return Checkpoint.open(fixture).load(OPS, Purpose.INFERENCE);
  }

  private static List<int[]> prompts(Path fixture) throws IOException {
    List<int[]> prompts = new ArrayList<>();
    for (JsonNode row :
        new ObjectMapper().readTree(fixture.resolve("inputs.json").toFile()).get("rows")) {
      int[] prompt = new int[row.size()];
      for (int i = 0; i < prompt.length; i++) {
        prompt[i] = row.get(i).asInt();
      }
      prompts.add(prompt);
    }
    return prompts;
  }

  private static List<GenerationRequest> requests(List<int[]> prompts, int samples) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      requests.add(new GenerationRequest(i, prompts.get(i), samples));
    }
    return requests;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny-deepseek-v3",
        "tiny-deepseek-v2-lite",
        "tiny-dense/llama",
        "tiny-dense/llama3-rope",
        "tiny-dense/qwen2",
        "tiny-dense/qwen2-tied",
        "tiny-dense/qwen3",
        "tiny-dense/qwen3-moe",
        "variants/v2-group-limited",
        "variants/v2-lite-mscale-differs",
        "variants/v3-16experts-yarn-eps",
        "variants/v3-negbias-attnbias",
        "variants/v3-nogroup-noqlora-tied-halfrope"
      })
  void greedyContinuationsEqualThoseOfTransformers(String name) throws IOException {
    Path fixture = fixture(name);
    try (DecoderModel model = model(fixture);
        Safetensors expected = Safetensors.open(fixture.resolve("expected_greedy.safetensors"))) {
      long[] ids = expected.longs("greedy_ids");
      List<int[]> prompts = prompts(fixture);
      int length = ids.length / prompts.size();
      // Two places for three prompts: the third joins when another leaves.
      Generated generated =
          new Generator(model, Set.of(), 2)
              .generate(
                  requests(prompts, 1),
                  SamplingSettings.DEFAULT.withTemperature(0).withMaxNewTokens(length),
                  KEY);
      for (int row = 0; row < prompts.size(); row++) {
        int[] tokens = generated.completions().get(row).tokens();
        for (int i = 0; i < length; i++) {
          assertThat(tokens[i])
              .as("row " + row + " token " + i)
              .isEqualTo((int) ids[row * length + i]);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny-deepseek-v3", "tiny-dense/qwen2", "tiny-dense/qwen3-moe"})
  void theLogProbabilitiesAreThoseThatTrainingComputes(String name) throws IOException {
    Path fixture = fixture(name);
    double temperature = 0.7;
    try (DecoderModel model = model(fixture)) {
      List<int[]> prompts = prompts(fixture);
      Generated generated =
          new Generator(model, Set.of(2), 8)
              .generate(
                  requests(prompts, 4),
                  SamplingSettings.DEFAULT
                      .withTemperature(temperature)
                      .withTopP(0.9)
                      .withMaxNewTokens(20),
                  KEY);
      for (Completion completion : generated.completions()) {
        float[] scored =
            scored(
                model, prompts.get((int) completion.promptId()), completion.tokens(), temperature);
        for (int i = 0; i < scored.length; i++) {
          assertThat(Math.abs(scored[i] - completion.logProbs()[i])).isLessThan(1e-4f);
          assertThat(completion.samplingLogProbs()[i])
              .isGreaterThan(completion.logProbs()[i] - 1e-6f);
        }
      }
    }
  }

  /** Prompt and completion anew in one pass, without a cache. */
  private static float[] scored(
      DecoderModel model, int[] prompt, int[] completion, double temperature) {
    int[] tokens = new int[prompt.length + completion.length];
    System.arraycopy(prompt, 0, tokens, 0, prompt.length);
    System.arraycopy(completion, 0, tokens, prompt.length, completion.length);
    int[] rows = new int[completion.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = prompt.length - 1 + i;
    }
    try (Scope scope = OPS.scope();
        Packing packing = OPS.pack(new int[] {tokens.length})) {
      Tensor hidden = OPS.gatherRows(model.hidden(tokens, packing), rows);
      return model.tokenLogProbs(hidden, completion, temperature).logProbs().toFloats();
    }
  }

  @Property(tries = 8)
  void rolloutsDoNotDependOnWhatRunsBeside(
      @ForAll @IntRange(min = 1, max = 9) int maxRunning, @ForAll long seed) throws IOException {
    Path fixture = fixture("tiny-deepseek-v3");
    SamplingSettings settings = SamplingSettings.DEFAULT.withMaxNewTokens(10);
    RandomKey key = new RandomKey(seed, 4);
    try (DecoderModel model = model(fixture)) {
      List<GenerationRequest> requests = requests(prompts(fixture), 3);
      Generator generator = new Generator(model, Set.of(2), maxRunning);
      List<Completion> first = generator.generate(requests, settings, key).completions();
      List<Completion> again = generator.generate(requests, settings, key).completions();
      int at = 0;
      for (Completion completion : first) {
        Completion retried = again.get(at++);
        assertThat(retried.tokens()).isEqualTo(completion.tokens());
        assertThat(retried.logProbs()).as("the same bits").isEqualTo(completion.logProbs());
        int[] prompt = requests.get((int) completion.promptId()).promptTokens();
        Completion alone =
            new Generator(model, Set.of(2), 1)
                .generate(
                    List.of(
                        new GenerationRequest(
                            completion.promptId(), prompt, 1, completion.sample())),
                    settings,
                    key)
                .completions()
                .get(0);
        assertThat(alone.tokens()).isEqualTo(completion.tokens());
        for (int i = 0; i < alone.tokens().length; i++) {
          assertThat(Math.abs(alone.logProbs()[i] - completion.logProbs()[i])).isLessThan(1e-4f);
        }
      }
    }
  }

  @Test
  void otherSeedsVersionsPromptsAndSamplesDrawOtherTokens() throws IOException {
    Path fixture = fixture("tiny-dense/llama");
    SamplingSettings settings = SamplingSettings.DEFAULT.withMaxNewTokens(12);
    try (DecoderModel model = model(fixture)) {
      int[] prompt = prompts(fixture).get(0);
      Generator generator = new Generator(model, Set.of(), 4);
      List<List<Integer>> drawn = new ArrayList<>();
      for (RandomKey key : List.of(KEY, new RandomKey(4, 1), new RandomKey(3, 2))) {
        for (long promptId : new long[] {5, 6}) {
          generator
              .generate(List.of(new GenerationRequest(promptId, prompt, 2)), settings, key)
              .completions()
              .forEach(c -> drawn.add(Arrays.stream(c.tokens()).boxed().toList()));
        }
      }
      assertThat(drawn).hasSize(12).doesNotHaveDuplicates();
    }
  }

  @Test
  void promptsOfManyLengthsAreComputedOnceAndInPacks() throws IOException {
    Path fixture = fixture("tiny-dense/qwen2");
    Random random = new Random(1);
    List<int[]> prompts = new ArrayList<>();
    long tokens = 0;
    for (int i = 0; i < 24; i++) {
      int[] prompt = random.ints(1 + random.nextInt(40), 3, 300).toArray();
      tokens += prompt.length;
      prompts.add(prompt);
    }
    try (DecoderModel model = model(fixture)) {
      List<GenerationProgress> heard = new ArrayList<>();
      GenerationListener listener =
          new GenerationListener() {
            @Override
            public void progress(GenerationProgress progress) {
              heard.add(progress);
            }
          };
      GenerationStatistics statistics =
          new Generator(model, Set.of(7, 8, 9), 16)
              .generate(
                  requests(prompts, 8),
                  SamplingSettings.DEFAULT.withMaxNewTokens(40),
                  KEY,
                  listener)
              .statistics();
      assertThat(statistics.promptTokensPrefilled()).isEqualTo(tokens);
      assertThat((double) statistics.decodeSteps())
          .isLessThanOrEqualTo(1.1 * statistics.idealDecodeSteps());
      assertThat(heard.get(heard.size() - 1))
          .isEqualTo(new GenerationProgress(192, 192, 0, statistics.generatedTokens()));
    }
  }
}
