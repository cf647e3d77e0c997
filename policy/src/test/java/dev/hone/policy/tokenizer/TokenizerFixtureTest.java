package dev.hone.policy.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids and texts equal those of transformers' tokenizers, on four styles of pre-tokenisation. */
class TokenizerFixtureTest {

  private static Path directory(String style) {
    Path shared = Path.of(System.getProperty("hone.shared", "shared"));
    Path directory = shared.resolve("fixtures/tokenizer").resolve(style);
    Assumptions.assumeTrue(
        Files.isDirectory(directory),
        "skipped: the fixtures are not at " + directory + "; set -Dhone.shared");
    return directory;
  }

  private static JsonNode expected(Path directory) throws IOException {
    return new ObjectMapper().readTree(directory.resolve("expected.json").toFile());
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen-style", "deepseek-v3-style", "llama3-style", "gpt2-style"})
  void encodesAndDecodesEveryStringAsTransformersDoes(String style) throws IOException {
    Path directory = directory(style);
    Tokenizer tokenizer = Tokenizer.open(directory);
    JsonNode expected = expected(directory);
    assertThat(tokenizer.vocabularySize()).isEqualTo(expected.get("vocab_size").asInt());
    assertThat(tokenizer.bos()).hasValue(1);
    assertThat(tokenizer.pad()).hasValue(0);
    assertThat(tokenizer.eosTokens()).containsExactly(2);
    for (JsonNode string : expected.get("strings")) {
      String text = string.get("text").asText();
      int[] ids = ints(string.get("ids"));
      assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids);
      assertThat(tokenizer.encodeVerbatim(text)).as(text).isEqualTo(ids);
      assertThat(tokenizer.decodeRaw(ids)).isEqualTo(string.get("decoded").asText());
      assertThat(tokenizer.decode(ids)).isEqualTo(string.get("decoded_skip_special").asText());
    }
    for (JsonNode batch = expected.get("batch"); batch != null; batch = null) {
      for (int row = 0; row < batch.get("texts").size(); row++) {
        List<Integer> unpadded = new ArrayList<>();
        for (int i = 0; i < batch.get("input_ids").get(row).size(); i++) {
          if (batch.get("attention_mask").get(row).get(i).asInt() == 1) {
            unpadded.add(batch.get("input_ids").get(row).get(i).asInt());
          }
        }
        assertThat(tokenizer.encode(batch.get("texts").get(row).asText()))
            .containsExactly(unpadded.stream().mapToInt(Integer::intValue).toArray());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen-style", "deepseek-v3-style", "llama3-style", "gpt2-style"})
  void decodesCutCharactersAndSingleTokensAsTransformersDoes(String style) throws IOException {
    Path directory = directory(style);
    Tokenizer tokenizer = Tokenizer.open(directory);
    JsonNode expected = expected(directory);
    for (JsonNode cut : expected.get("incomplete_utf8")) {
      assertThat(tokenizer.decodeRaw(ints(cut.get("ids")))).isEqualTo(cut.get("decoded").asText());
    }
    JsonNode single = expected.get("all_single_token_decodes");
    for (int id = 0; id < single.size(); id++) {
      assertThat(tokenizer.decodeRaw(new int[] {id})).isEqualTo(single.get(id).asText());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen-style", "deepseek-v3-style", "llama3-style", "gpt2-style"})
  void rendersConversationsAsTransformersDoes(String style) throws IOException {
    Path directory = directory(style);
    Tokenizer tokenizer = Tokenizer.open(directory);
    for (JsonNode chat : expected(directory).get("chat")) {
      List<ChatMessage> messages = new ArrayList<>();
      for (JsonNode message : chat.get("messages")) {
        messages.add(
            new ChatMessage(message.get("role").asText(), message.get("content").asText()));
      }
      String text =
          tokenizer.applyChatTemplate(
              messages,
              chat.get("add_generation_prompt").asBoolean()
                  ? GenerationPrompt.ADDED
                  : GenerationPrompt.OMITTED);
      assertThat(text).isEqualTo(chat.get("text").asText());
      assertThat(tokenizer.encodeVerbatim(text)).isEqualTo(ints(chat.get("ids")));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qwen-style", "deepseek-v3-style", "llama3-style", "gpt2-style"})
  void streamedPiecesAreWholeCharactersAndTogetherTheWholeText(String style) throws IOException {
    Path directory = directory(style);
    Tokenizer tokenizer = Tokenizer.open(directory);
    List<int[]> sequences = new ArrayList<>();
    for (JsonNode string : expected(directory).get("strings")) {
      sequences.add(ints(string.get("ids")));
    }
    Random random = new Random(3);
    for (int i = 0; i < 100; i++) {
      sequences.add(random.ints(40, 0, tokenizer.vocabularySize()).toArray());
    }
    for (int[] ids : sequences) {
      StreamingDecoder decoder = tokenizer.streamingDecoder();
      StringBuilder text = new StringBuilder();
      for (int id : ids) {
        String piece = decoder.add(id);
        assertThat(piece).doesNotEndWith("\uFFFD");
        text.append(piece);
      }
      text.append(decoder.finish());
      assertThat(text.toString()).isEqualTo(tokenizer.decode(ids));
    }
  }
}
