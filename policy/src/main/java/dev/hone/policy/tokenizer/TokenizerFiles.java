package dev.hone.policy.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the files of a checkpoint directory say about tokens, beside the tokenizer's own rules.
 *
 * @param tokenizerJson text of {@code tokenizer.json}
 * @param vocabularySize largest token id plus one
 * @param specialTokens by role ({@code bos_token}, {@code eos_token}, {@code pad_token}, ...), the
 *     token's text; only those that are set
 * @param specialIds ids of the tokens in {@code specialTokens}, by role
 * @param eosTokens ids that end a completion
 * @param affixes the tokens that encoding adds; empty where {@code tokenizer.json} decides
 * @param chatTemplate Jinja source
 */
record TokenizerFiles(
    String tokenizerJson,
    int vocabularySize,
    Map<String, String> specialTokens,
    Map<String, Integer> specialIds,
    Set<Integer> eosTokens,
    Optional<Affixes> affixes,
    Optional<String> chatTemplate) {

  /** Ids put before and after a text, where {@code tokenizer_config.json} says so. */
  record Affixes(OptionalInt bos, OptionalInt eos) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  static TokenizerFiles read(Path directory) {
    Path tokenizerFile = directory.resolve("tokenizer.json");
    if (!Files.isRegularFile(tokenizerFile)) {
      throw new InvalidInput(
          "There is no tokenizer in "
              + directory
              + ": tokenizer.json is missing; give a Hugging Face checkpoint directory, or convert"
              + " an older tokenizer with transformers' AutoTokenizer(...).save_pretrained");
    }
    String source = text(tokenizerFile);
    JsonNode tokenizer = parse(tokenizerFile, source);
    JsonNode config = optional(directory.resolve("tokenizer_config.json"));

    JsonNode vocabulary = tokenizer.path("model").path("vocab");
    Map<String, Integer> added = new LinkedHashMap<>();
    int last = -1;
    for (JsonNode token : tokenizer.path("added_tokens")) {
      added.put(token.path("content").asText(), token.path("id").asInt());
      last = Math.max(last, token.path("id").asInt());
    }
    if (vocabulary.isObject()) {
      for (JsonNode id : vocabulary) {
        last = Math.max(last, id.asInt());
      }
    } else {
      last = Math.max(last, vocabulary.size() - 1);
    }

    Map<String, String> specials = new LinkedHashMap<>();
    Map<String, Integer> ids = new LinkedHashMap<>();
    JsonNode map = optional(directory.resolve("special_tokens_map.json"));
    for (JsonNode roles : new JsonNode[] {map, config}) {
      roles
          .fields()
          .forEachRemaining(
              role -> {
                if (role.getKey().endsWith("_token")) {
                  JsonNode value = role.getValue();
                  String content =
                      value.isObject() ? value.path("content").asText() : value.asText();
                  if (value.isTextual() || value.isObject()) {
                    specials.put(role.getKey(), content);
                  }
                }
              });
    }
    specials.forEach(
        (role, content) -> {
          Integer id = added.get(content);
          if (id == null && vocabulary.isObject() && vocabulary.has(content)) {
            id = vocabulary.get(content).asInt();
          }
          if (id != null) {
            ids.put(role, id);
          }
        });
    return new TokenizerFiles(
        source,
        last + 1,
        Map.copyOf(specials),
        Map.copyOf(ids),
        eosTokens(directory, ids),
        affixes(config, ids),
        chatTemplate(directory, config));
  }

  /** As transformers' generate: generation_config.json, else config.json, else the tokenizer's. */
  private static Set<Integer> eosTokens(Path directory, Map<String, Integer> ids) {
    Set<Integer> tokens = new LinkedHashSet<>();
    for (String file : new String[] {"generation_config.json", "config.json"}) {
      JsonNode eos = optional(directory.resolve(file)).path("eos_token_id");
      if (eos.isArray()) {
        eos.forEach(id -> tokens.add(id.asInt()));
      } else if (eos.isInt()) {
        tokens.add(eos.asInt());
      }
      if (!tokens.isEmpty()) {
        return Set.copyOf(tokens);
      }
    }
    return ids.containsKey("eos_token") ? Set.of(ids.get("eos_token")) : Set.of();
  }

  /**
   * transformers replaces the post-processor of tokenizer.json where tokenizer_config.json names
   * either of these keys.
   */
  private static Optional<Affixes> affixes(JsonNode config, Map<String, Integer> ids) {
    if (!config.has("add_bos_token") && !config.has("add_eos_token")) {
      return Optional.empty();
    }
    return Optional.of(
        new Affixes(
            config.path("add_bos_token").asBoolean() && ids.containsKey("bos_token")
                ? OptionalInt.of(ids.get("bos_token"))
                : OptionalInt.empty(),
            config.path("add_eos_token").asBoolean() && ids.containsKey("eos_token")
                ? OptionalInt.of(ids.get("eos_token"))
                : OptionalInt.empty()));
  }

  /**
   * chat_template.jinja, else the template in tokenizer_config.json: one, or several by name, of
   * which {@code default} is taken.
   */
  private static Optional<String> chatTemplate(Path directory, JsonNode config) {
    Path file = directory.resolve("chat_template.jinja");
    if (Files.isRegularFile(file)) {
      return Optional.of(text(file));
    }
    JsonNode template = config.path("chat_template");
    if (template.isTextual()) {
      return Optional.of(template.asText());
    }
    for (JsonNode named : template) {
      if (named.path("name").asText().equals("default")) {
        return Optional.of(named.path("template").asText());
      }
    }
    return Optional.empty();
  }

  private static JsonNode optional(Path file) {
    return Files.isRegularFile(file) ? parse(file, text(file)) : JSON.createObjectNode();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new InvalidInput(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static JsonNode parse(Path file, String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new InvalidInput(file + " is not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
