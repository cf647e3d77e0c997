package dev.hone.policy.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.policy.tokenizer.CharacterTokenizer;
import dev.hone.policy.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stop strings on a model that says a given text, one character a token. */
class StopStringTest {

  private static Tokenizer tokenizer;

  @BeforeAll
  static void write(@TempDir Path directory) {
    CharacterTokenizer.write(directory, "abcdefghijklmnopqrstuvwxyz</>\n ");
    tokenizer = Tokenizer.open(directory);
  }

  /** Says {@code text} after any prompt, then {@code <eos>}. */
  private static FakeForward saying(String text) {
    int[] ids = tokenizer.encode(text);
    return new FakeForward(tokenizer.vocabularySize(), 0) {
      @Override
      float[] logits(List<Integer> history) {
        float[] row = new float[vocabulary];
        int at = history.size() - 1;
        row[at < ids.length ? ids[at] : CharacterTokenizer.EOS] = 50;
        return row;
      }
    };
  }

  private record Outcome(Completion completion, List<String> pieces) {}

  private static Outcome outcome(String said, int limit, String... stops) {
    FakeForward model = saying(said);
    List<String> pieces = new ArrayList<>();
    GenerationListener listener =
        new GenerationListener() {
          @Override
          public boolean streamsText() {
            return true;
          }

          @Override
          public void text(long promptId, int sample, String piece) {
            pieces.add(piece);
          }
        };
    Completion completion =
        new Generator(() -> model, Optional.of(tokenizer), Set.of(CharacterTokenizer.EOS), 4)
            .generate(
                List.of(new GenerationRequest(0, new int[] {CharacterTokenizer.BOS}, 1)),
                SamplingSettings.DEFAULT.withStop(List.of(stops)).withMaxNewTokens(limit),
                new RandomKey(0, 0),
                listener)
            .completions()
            .get(0);
    assertThat(String.join("", pieces)).isEqualTo(completion.text());
    return new Outcome(completion, pieces);
  }

  @Test
  void aStopStringAcrossTokensEndsTheCompletionAndIsCutFromTheText() {
    Completion completion = outcome("so<b></b>more", 60, "</b>").completion();
    assertThat(completion.reason()).isEqualTo(FinishReason.STOP);
    assertThat(completion.text()).isEqualTo("so<b>");
    assertThat(tokenizer.decode(completion.tokens())).isEqualTo("so<b></b>");
    assertThat(completion.logProbs()).hasSameSizeAs(completion.tokens());
  }

  @Test
  void theFirstOfSeveralStopStringsCounts() {
    assertThat(outcome("one two three", 60, "three", "wo").completion().text()).isEqualTo("one t");
    assertThat(outcome("one two three", 60, "o").completion().text()).isEmpty();
  }

  @Test
  void textThatMayBeginAStopStringIsReleasedOnlyOnceItDoesNot() {
    Outcome outcome = outcome("a</x></b>", 60, "</b>");
    assertThat(outcome.pieces()).containsExactly("a", "</x", ">");
    assertThat(outcome("a</", 60, "</b>").pieces()).containsExactly("a", "</");
  }

  @Test
  void withoutAStopStringTheEndOfSequenceOrTheLimitEndsIt() {
    Completion ended = outcome("one two", 60, "xyz").completion();
    assertThat(ended.reason()).isEqualTo(FinishReason.EOS);
    assertThat(ended.text()).isEqualTo("one two");
    assertThat(ended.tokens()[7]).isEqualTo(CharacterTokenizer.EOS);
    Completion limited = outcome("one two", 5, "xyz").completion();
    assertThat(limited.reason()).isEqualTo(FinishReason.LENGTH);
    assertThat(limited.text()).isEqualTo("one t");
  }

  @Test
  void aStopStringAtTheLimitIsStillAStop() {
    Completion completion = outcome("one two", 3, "ne").completion();
    assertThat(completion.reason()).isEqualTo(FinishReason.STOP);
    assertThat(completion.text()).isEqualTo("o");
  }
}
