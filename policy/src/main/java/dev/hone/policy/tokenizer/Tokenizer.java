package dev.hone.policy.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.hone.policy.InvalidInput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The tokenizer of a checkpoint directory: Hugging Face's own library reads {@code tokenizer.json},
 * and what transformers adds to it from the files beside is added here. Safe to use from several
 * threads.
 */
public final class Tokenizer {

  static {
    // DJL reports its use to its makers over the network unless it is told not to.
    System.setProperty("OPT_OUT_TRACKING", "true");
  }

  private final Path directory;
  private final TokenizerFiles files;
  private final HuggingFaceTokenizer tokenizer;
  private final Optional<ChatTemplate> chatTemplate;

  private Tokenizer(Path directory, TokenizerFiles files, HuggingFaceTokenizer tokenizer) {
    this.directory = directory;
    this.files = files;
    this.tokenizer = tokenizer;
    this.chatTemplate = files.chatTemplate().map(ChatTemplate::parse);
  }

  /**
   * Reads the tokenizer of a Hugging Face checkpoint directory.
   *
   * @throws InvalidInput where there is none, or it cannot be read
   */
  public static Tokenizer open(Path directory) {
    TokenizerFiles files = TokenizerFiles.read(directory);
    try {
      return new Tokenizer(
          directory,
          files,
          HuggingFaceTokenizer.newInstance(
              new ByteArrayInputStream(files.tokenizerJson().getBytes(StandardCharsets.UTF_8)),
              Map.of("truncation", "false", "padding", "false")));
    } catch (InvalidInput e) {
      throw new InvalidInput("The chat template in " + directory + ": " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      throw new InvalidInput(
          directory.resolve("tokenizer.json") + " is not a tokenizer: " + firstLine(e), e);
    }
  }

  /**
   * Token ids of {@code text}, with the special tokens around it that the checkpoint's files ask
   * for. Special tokens written out in the text are read as such.
   *
   * @throws InvalidInput where the vocabulary lacks a character
   */
  public int[] encode(String text) {
    if (files.affixes().isEmpty()) {
      return ids(text, true);
    }
    int[] body = ids(text, false);
    OptionalInt bos = files.affixes().get().bos();
    OptionalInt eos = files.affixes().get().eos();
    int start = bos.isPresent() ? 1 : 0;
    int[] all = new int[start + body.length + (eos.isPresent() ? 1 : 0)];
    bos.ifPresent(id -> all[0] = id);
    System.arraycopy(body, 0, all, start, body.length);
    eos.ifPresent(id -> all[all.length - 1] = id);
    return all;
  }

  /**
   * Token ids of {@code text} and nothing around it: for text that a chat template has rendered, or
   * that continues other text.
   *
   * @throws InvalidInput where the vocabulary lacks a character
   */
  public int[] encodeVerbatim(String text) {
    return ids(text, false);
  }

  /** Text of {@code ids}, special tokens skipped. Bytes that form no character become U+FFFD. */
  public String decode(int[] ids) {
    return tokenizer.decode(widened(ids), true);
  }

  /** Text of {@code ids}, special tokens written out. */
  public String decodeRaw(int[] ids) {
    return tokenizer.decode(widened(ids), false);
  }

  /** Decodes a growing sequence piece by piece, special tokens skipped. */
  public StreamingDecoder streamingDecoder() {
    return new StreamingDecoder(this::decode);
  }

  public OptionalInt bos() {
    Integer id = files.specialIds().get("bos_token");
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** The token that ends a turn: the tokenizer's own, else the first of {@link #eosTokens}. */
  public OptionalInt eos() {
    Integer id = files.specialIds().get("eos_token");
    return id == null
        ? files.eosTokens().stream().mapToInt(Integer::intValue).findFirst()
        : OptionalInt.of(id);
  }

  public OptionalInt pad() {
    Integer id = files.specialIds().get("pad_token");
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /**
   * Ids that end a completion: of generation_config.json, else config.json, else the tokenizer's
   * own.
   */
  public Set<Integer> eosTokens() {
    return files.eosTokens();
  }

  /** The largest token id plus one. */
  public int vocabularySize() {
    return files.vocabularySize();
  }

  public boolean hasChatTemplate() {
    return chatTemplate.isPresent();
  }

  /** {@link #applyChatTemplate(List, GenerationPrompt, Map)} with no further variables. */
  public String applyChatTemplate(List<ChatMessage> messages, GenerationPrompt generationPrompt) {
    return applyChatTemplate(messages, generationPrompt, Map.of());
  }

  /**
   * The text of a conversation as the checkpoint's chat template writes it, equal to transformers'
   * {@code apply_chat_template}; its ids come from {@link #encodeVerbatim}.
   *
   * @param variables further ones that the template knows, e.g. {@code enable_thinking}
   * @throws InvalidInput where there is no template or it refuses the conversation
   */
  public String applyChatTemplate(
      List<ChatMessage> messages,
      GenerationPrompt generationPrompt,
      Map<String, Object> variables) {
    ChatTemplate template =
        chatTemplate.orElseThrow(
            () ->
                new InvalidInput(
                    directory
                        + " has no chat template (no chat_template.jinja, and none in"
                        + " tokenizer_config.json): use plain prompts, or add one"));
    try {
      return template.render(messages, generationPrompt, files.specialTokens(), variables);
    } catch (InvalidInput e) {
      throw new InvalidInput("The chat template in " + directory + ": " + e.getMessage(), e);
    }
  }

  private int[] ids(String text, boolean withSpecialTokens) {
    long[] ids;
    try {
      ids = tokenizer.encode(wellFormed(text), withSpecialTokens, false).getIds();
    } catch (RuntimeException e) {
      throw new InvalidInput(
          "The tokenizer in " + directory + " cannot encode " + culprit(text) + ": " + firstLine(e),
          e);
    }
    int[] narrowed = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      narrowed[i] = (int) ids[i];
    }
    return narrowed;
  }

  /** The first character that cannot be encoded alone, else the text's beginning. */
  private String culprit(String text) {
    return text.codePoints()
        .filter(
            point -> {
              try {
                tokenizer.encode(Character.toString(point), false, false);
                return false;
              } catch (RuntimeException e) {
                return true;
              }
            })
        .mapToObj(
            point ->
                String.format(
                    "the character '%s' (U+%04X), which its vocabulary lacks",
                    Character.isISOControl(point) ? "" : Character.toString(point), point))
        .findFirst()
        .orElse("a text of " + text.length() + " characters");
  }

  /** Lone surrogates have no UTF-8: they become U+FFFD, as in every encoder to UTF-8. */
  private static String wellFormed(String text) {
    StringBuilder fixed = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        fixed = fixed == null ? new StringBuilder(text) : fixed;
        fixed.setCharAt(i, '\uFFFD');
      }
    }
    return fixed == null ? text : fixed.toString();
  }

  private static long[] widened(int[] ids) {
    long[] wide = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      wide[i] = ids[i];
    }
    return wide;
  }

  private static String firstLine(Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.lines().findFirst().orElse(message);
  }
}
