package dev.hone.policy.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.policy.InvalidInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Scheduling, on a model that is a plain function of the tokens so far. */
class ContinuousBatchingTest {

  private static final RandomKey KEY = new RandomKey(11, 2);

  private static Generator generator(FakeForward model, int maxRunning) {
    return new Generator(() -> model, Optional.empty(), Set.of(0), maxRunning);
  }

  private static List<GenerationRequest> requests(int prompts, int samples, long seed) {
    Random random = new Random(seed);
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < prompts; i++) {
      int[] prompt = random.ints(1 + random.nextInt(9), 1, 16).toArray();
      requests.add(new GenerationRequest(100 + i, prompt, samples));
    }
    return requests;
  }

  /** The definition: every sequence alone, all its tokens anew at every step. */
  private static int[] alone(FakeForward model, GenerationRequest request, int sample, int limit) {
    Sampler sampler = new Sampler(SamplingSettings.DEFAULT, model.vocabulary);
    List<Integer> history = new ArrayList<>();
    for (int token : request.promptTokens()) {
      history.add(token);
    }
    int[] tokens = new int[limit];
    for (int i = 0; i < limit; i++) {
      double uniform = KEY.generator().uniform(request.promptId(), ((long) sample << 32) | i);
      tokens[i] = sampler.sample(model.logits(history), 0, null, uniform).token();
      history.add(tokens[i]);
      if (tokens[i] == 0) {
        return Arrays.copyOf(tokens, i + 1);
      }
    }
    return tokens;
  }

  @Property(tries = 60)
  void everySequenceIsWhatItWouldBeAlone(
      @ForAll @IntRange(min = 1, max = 6) int prompts,
      @ForAll @IntRange(min = 1, max = 5) int samples,
      @ForAll @IntRange(min = 1, max = 9) int maxRunning,
      @ForAll long seed) {
    FakeForward model = new FakeForward(16, 1.0);
    List<GenerationRequest> requests = requests(prompts, samples, seed);
    SamplingSettings settings = SamplingSettings.DEFAULT.withMaxNewTokens(12);
    Generated generated = generator(model, maxRunning).generate(requests, settings, KEY);

    assertThat(generated.completions()).hasSize(prompts * samples);
    int at = 0;
    for (GenerationRequest request : requests) {
      for (int sample = 0; sample < samples; sample++) {
        Completion completion = generated.completions().get(at++);
        assertThat(completion.promptId()).isEqualTo(request.promptId());
        assertThat(completion.sample()).isEqualTo(sample);
        assertThat(completion.tokens()).isEqualTo(alone(model, request, sample, 12));
        assertThat(completion.reason())
            .isEqualTo(
                completion.tokens()[completion.tokens().length - 1] == 0
                    ? FinishReason.EOS
                    : FinishReason.LENGTH);
      }
    }
    assertThat(model.slots).as("slots given back").isEmpty();
    assertThat(model.passes).allSatisfy(pass -> assertThat(pass.length).isPositive());
  }

  @Property(tries = 30)
  void partitionsAndOrderOfTheRequestsChangeNoCompletion(
      @ForAll @IntRange(min = 2, max = 6) int prompts, @ForAll long seed) {
    List<GenerationRequest> requests = requests(prompts, 3, seed);
    SamplingSettings settings = SamplingSettings.DEFAULT.withMaxNewTokens(10);
    Map<String, int[]> expected = new HashMap<>();
    for (Completion c :
        generator(new FakeForward(16, 1), 4).generate(requests, settings, KEY).completions()) {
      expected.put(c.promptId() + "/" + c.sample(), c.tokens());
    }
    List<GenerationRequest> parts = new ArrayList<>();
    for (GenerationRequest request : requests) {
      parts.add(new GenerationRequest(request.promptId(), request.promptTokens(), 1, 2));
      parts.add(new GenerationRequest(request.promptId(), request.promptTokens(), 2, 0));
    }
    Collections.shuffle(parts, new Random(seed));
    for (GenerationRequest part : parts) {
      for (Completion c :
          generator(new FakeForward(16, 1), 3)
              .generate(List.of(part), settings, KEY)
              .completions()) {
        assertThat(c.tokens()).isEqualTo(expected.get(c.promptId() + "/" + c.sample()));
      }
    }
  }

  @Test
  void everyPromptIsComputedOnceForItsGroup() {
    FakeForward model = new FakeForward(16, 0);
    List<GenerationRequest> requests = requests(10, 6, 1);
    Generated generated =
        generator(model, 7).generate(requests, SamplingSettings.DEFAULT.withMaxNewTokens(20), KEY);
    long promptTokens = requests.stream().mapToLong(r -> r.promptTokens().length).sum();
    assertThat(generated.statistics().promptTokensPrefilled()).isEqualTo(promptTokens);
    long passedThroughTheModel =
        model.passes.stream().mapToLong(pass -> Arrays.stream(pass).sum()).sum();
    assertThat(passedThroughTheModel)
        .isEqualTo(promptTokens + generated.statistics().generatedTokens() - 60);
  }

  @Test
  void decodeStepsStayWithinTenPercentOfTheIdealForMixedLengths() {
    FakeForward model = new FakeForward(32, 0.9); // mean length about 20, from 1 to 54
    List<GenerationRequest> requests = requests(160, 4, 5);
    GenerationStatistics statistics =
        generator(model, 16)
            .generate(requests, SamplingSettings.DEFAULT.withMaxNewTokens(60), KEY)
            .statistics();
    assertThat(statistics.idealDecodeSteps()).isPositive();
    assertThat((double) statistics.decodeSteps())
        .isLessThanOrEqualTo(1.1 * statistics.idealDecodeSteps());
  }

  @Test
  void promptsArePackedAndNeverMoreSequencesRunThanAllowed() {
    FakeForward model = new FakeForward(16, 0);
    generator(model, 8)
        .generate(requests(20, 1, 3), SamplingSettings.DEFAULT.withMaxNewTokens(30), KEY);
    assertThat(model.passes.get(0)).as("the first eight prompts in one pass").hasSize(8);
    assertThat(model.passes).allSatisfy(pass -> assertThat(pass).hasSizeLessThanOrEqualTo(8));
    assertThat(model.mostSlots).isLessThanOrEqualTo(8 + 2);
  }

  @Test
  void aPromptWithoutRoomOrWithAForeignTokenIsRefusedInOneLine() {
    Generator generator = generator(new FakeForward(16, 0), 2);
    SamplingSettings settings = SamplingSettings.DEFAULT;
    assertThatThrownBy(
            () ->
                generator.generate(
                    List.of(new GenerationRequest(7, new int[64], 1)), settings, KEY))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("Prompt 7 has 64 tokens")
        .hasMessageContaining("max_position_embeddings is 64");
    assertThatThrownBy(
            () ->
                generator.generate(
                    List.of(new GenerationRequest(7, new int[] {3, 16}, 1)), settings, KEY))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("token 16");
    assertThatThrownBy(() -> new GenerationRequest(7, new int[0], 1))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("Prompt 7 is empty");
  }

  @Test
  void completionsEndAtTheModelsLastPosition() {
    Generated generated =
        generator(new FakeForward(16, -50), 2)
            .generate(
                List.of(new GenerationRequest(1, new int[60], 1)), SamplingSettings.DEFAULT, KEY);
    assertThat(generated.completions().get(0).tokens()).hasSize(4);
    assertThat(generated.completions().get(0).reason()).isEqualTo(FinishReason.LENGTH);
  }
}
