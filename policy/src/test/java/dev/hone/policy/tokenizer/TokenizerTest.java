package dev.hone.policy.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {

  private static final String CHARACTERS = "0123456789+-*/().=#,>;:r \n\"\\é😀";

  @TempDir private Path directory;

  private Tokenizer characters() {
    CharacterTokenizer.write(directory, CHARACTERS);
    return Tokenizer.open(directory);
  }

  @Test
  void aCharacterTokenizerGivesEachCharacterItsPlaceInTheOrderGiven() {
    Tokenizer tokenizer = characters();
    assertThat(tokenizer.vocabularySize())
        .isEqualTo(CharacterTokenizer.vocabularySize(CHARACTERS))
        .isEqualTo(33);
    assertThat(tokenizer.encode("49 + 39 = 88\n#### 88"))
        .containsExactly(
            7, 12, 27, 13, 27, 6, 12, 27, 20, 27, 11, 11, 28, 21, 21, 21, 21, 27, 11, 11);
    assertThat(tokenizer.encode("<bos>1\\\"é😀<eos>")).containsExactly(1, 4, 30, 29, 31, 32, 2);
    assertThat(tokenizer.decode(new int[] {1, 4, 27, 27, 32, 28, 2, 0})).isEqualTo("1  😀\n");
    assertThat(tokenizer.decodeRaw(new int[] {1, 4, 2})).isEqualTo("<bos>1<eos>");
    assertThat(tokenizer.bos()).hasValue(CharacterTokenizer.BOS);
    assertThat(tokenizer.pad()).hasValue(CharacterTokenizer.PAD);
    assertThat(tokenizer.eosTokens()).containsExactly(CharacterTokenizer.EOS);
    assertThat(tokenizer.encode("")).isEmpty();
    assertThat(tokenizer.decode(new int[0])).isEmpty();
  }

  @Test
  void aCharacterOutsideTheVocabularyIsNamed() {
    Tokenizer tokenizer = characters();
    assertThatThrownBy(() -> tokenizer.encode("1 + x"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("the character 'x' (U+0078)")
        .hasMessageContaining(directory.toString());
    assertThatThrownBy(() -> CharacterTokenizer.write(directory, "abca"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("'a' stands twice");
  }

  @Test
  void endOfSequenceTokensComeFromTheGenerationConfigFirst() throws IOException {
    characters();
    Files.writeString(directory.resolve("config.json"), "{\"eos_token_id\": 5}");
    assertThat(Tokenizer.open(directory).eosTokens()).containsExactly(5);
    Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": [7, 9]}");
    assertThat(Tokenizer.open(directory).eosTokens()).containsExactlyInAnyOrder(7, 9);
    Files.writeString(directory.resolve("generation_config.json"), "{\"eos_token_id\": null}");
    assertThat(Tokenizer.open(directory).eosTokens()).containsExactly(5);
  }

  @Test
  void aBeginningIsAddedWhereTheConfigurationAsksForIt() throws IOException {
    characters();
    Path config = directory.resolve("tokenizer_config.json");
    String text = Files.readString(config);
    Files.writeString(
        config, text.replaceFirst("\\{", "{\"add_bos_token\": true, \"add_eos_token\": true,"));
    Tokenizer tokenizer = Tokenizer.open(directory);
    assertThat(tokenizer.encode("12")).containsExactly(1, 4, 5, 2);
    assertThat(tokenizer.encodeVerbatim("12")).containsExactly(4, 5);
  }

  @Test
  void specialTokensMayBeObjectsAndTheTemplateAFile() throws IOException {
    characters();
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        "{\"bos_token\": {\"content\": \"<bos>\", \"lstrip\": false}, \"pad_token\": null,"
            + " \"chat_template\": [{\"name\": \"tools\", \"template\": \"t\"},"
            + " {\"name\": \"default\", \"template\": \"{{ bos_token }}{{ messages[0].content }}\"}]}");
    Tokenizer tokenizer = Tokenizer.open(directory);
    assertThat(tokenizer.bos()).hasValue(1);
    assertThat(tokenizer.pad()).isEmpty();
    List<ChatMessage> messages = List.of(new ChatMessage("user", "1+1"));
    assertThat(tokenizer.applyChatTemplate(messages, GenerationPrompt.OMITTED))
        .isEqualTo("<bos>1+1");
    Files.writeString(directory.resolve("chat_template.jinja"), "file {{ messages | length }}\n");
    assertThat(Tokenizer.open(directory).applyChatTemplate(messages, GenerationPrompt.OMITTED))
        .isEqualTo("file 1");
  }

  @Test
  void whatIsMissingOrBrokenIsSaidInOneLine() throws IOException {
    assertThatThrownBy(() -> Tokenizer.open(directory))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("tokenizer.json is missing");
    Tokenizer plain = characters();
    assertThat(plain.hasChatTemplate()).isFalse();
    assertThatThrownBy(() -> plain.applyChatTemplate(List.of(), GenerationPrompt.ADDED))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("has no chat template");
    Path template = directory.resolve("chat_template.jinja");
    Files.writeString(template, "{% if %}");
    assertThatThrownBy(() -> Tokenizer.open(directory))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The chat template in " + directory)
        .hasMessageContaining("line 1");
    Files.writeString(template, "{{ raise_exception('Only users speak') }}");
    assertThatThrownBy(
            () -> Tokenizer.open(directory).applyChatTemplate(List.of(), GenerationPrompt.ADDED))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("Only users speak");
    Files.delete(template);
    Files.writeString(directory.resolve("tokenizer.json"), "{\"model\": 3}");
    assertThatThrownBy(() -> Tokenizer.open(directory))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("is not a tokenizer");
    Files.writeString(directory.resolve("tokenizer.json"), "{");
    assertThatThrownBy(() -> Tokenizer.open(directory))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("is not JSON");
  }

  @Test
  void aRealChatModelsPromptsEqualThoseOfTransformers() throws IOException {
    Path models = Path.of(System.getProperty("hone.shared", "shared")).resolve("models");
    Path model = models.resolve("smollm2-135m-instruct");
    Assumptions.assumeTrue(
        Files.isDirectory(model), "skipped: there is no " + model + "; set -Dhone.shared");
    Tokenizer tokenizer = Tokenizer.open(model);
    assertThat(tokenizer.vocabularySize()).isEqualTo(49152);
    for (JsonNode one : new ObjectMapper().readTree(models.resolve("reference.json").toFile())) {
      List<ChatMessage> messages = List.of(new ChatMessage("user", one.get("question").asText()));
      String text = tokenizer.applyChatTemplate(messages, GenerationPrompt.ADDED);
      assertThat(text).isEqualTo(one.get("text").asText());
      assertThat(tokenizer.encodeVerbatim(text)).isEqualTo(ints(one.get("prompt_ids")));
      assertThat(tokenizer.decodeRaw(ints(one.get("greedy_ids"))))
          .isEqualTo(one.get("greedy_text").asText());
    }
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }
}
