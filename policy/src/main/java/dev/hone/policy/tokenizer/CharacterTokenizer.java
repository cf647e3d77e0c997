package dev.hone.policy.tokenizer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hone.policy.InvalidInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A tokenizer of single characters for models trained from nothing: {@code <pad>} 0, {@code <bos>}
 * 1, {@code <eos>} 2, then one id a character in the order given. Written as Hugging Face files,
 * which transformers loads. A character outside the vocabulary cannot be encoded.
 */
public final class CharacterTokenizer {

  public static final int PAD = 0;
  public static final int BOS = 1;
  public static final int EOS = 2;

  private static final ObjectMapper JSON = new ObjectMapper();

  private CharacterTokenizer() {}

  /** Token ids there will be: the characters and the three special tokens. */
  public static int vocabularySize(String characters) {
    return 3 + characters.codePointCount(0, characters.length());
  }

  /**
   * Writes {@code tokenizer.json} and {@code tokenizer_config.json} into {@code directory}.
   *
   * @throws InvalidInput where a character stands twice
   */
  public static void write(Path directory, String characters) {
    ObjectNode tokenizer = JSON.createObjectNode();
    tokenizer.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = tokenizer.putArray("added_tokens");
    ObjectNode vocabulary = JSON.createObjectNode();
    for (String special : new String[] {"<pad>", "<bos>", "<eos>"}) {
      added
          .addObject()
          .put("id", vocabulary.size())
          .put("content", special)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
      vocabulary.put(special, vocabulary.size());
    }
    characters
        .codePoints()
        .mapToObj(Character::toString)
        .forEach(
            character -> {
              if (vocabulary.has(character)) {
                throw new InvalidInput(
                    "The character '"
                        + character
                        + "' stands twice in the characters of the tokenizer: give each once");
              }
              vocabulary.put(character, vocabulary.size());
            });
    tokenizer.putNull("normalizer");
    ObjectNode split = tokenizer.putObject("pre_tokenizer").put("type", "Split");
    split.putObject("pattern").put("Regex", "[\\s\\S]");
    split.put("behavior", "Isolated").put("invert", false);
    tokenizer.putNull("post_processor");
    tokenizer.putObject("decoder").put("type", "Fuse");
    // The unknown token is one that the vocabulary lacks, which makes an unknown character an
    // error.
    ObjectNode model = tokenizer.putObject("model").put("type", "WordLevel");
    model.set("vocab", vocabulary);
    model.put("unk_token", "<unk>");

    ObjectNode config =
        JSON.createObjectNode()
            .put("tokenizer_class", "PreTrainedTokenizerFast")
            .put("pad_token", "<pad>")
            .put("bos_token", "<bos>")
            .put("eos_token", "<eos>")
            .put("clean_up_tokenization_spaces", false);
    try {
      Files.createDirectories(directory);
      Files.writeString(
          directory.resolve("tokenizer.json"),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(tokenizer));
      Files.writeString(
          directory.resolve("tokenizer_config.json"),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(config));
    } catch (IOException e) {
      throw new InvalidInput("The tokenizer cannot be written to " + directory + ": " + e, e);
    }
  }
}
