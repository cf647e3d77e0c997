package dev.hone.pipeline.data;

import dev.hone.pipeline.config.DatasetSection;
import dev.hone.policy.InvalidInput;
import dev.hone.policy.tokenizer.ChatMessage;
import dev.hone.policy.tokenizer.GenerationPrompt;
import dev.hone.policy.tokenizer.Tokenizer;
import dev.hone.rewards.Columns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns a row into what the policy sees, and what it should write into tokens. */
final class PromptWriter {

  /** A row that cannot become a prompt. */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String reason) {
      super(reason, null, false, false);
    }
  }

  private final DatasetSection section;
  private final Tokenizer tokenizer;
  private final boolean chat;

  PromptWriter(DatasetSection section, Tokenizer tokenizer) {
    this.section = section;
    this.tokenizer = tokenizer;
    this.chat =
        switch (section.chat()) {
          case "always" -> true;
          case "never" -> false;
          case "auto" -> tokenizer.hasChatTemplate();
          default ->
              throw new InvalidInput(
                  section.title()
                      + ": chat is '"
                      + section.chat()
                      + "'; it is auto, always or never");
        };
    if (chat && !tokenizer.hasChatTemplate()) {
      throw new InvalidInput(
          section.title()
              + ": chat is always, and the tokenizer has no chat template; set chat: never, or use"
              + " a checkpoint with a chat_template");
    }
    if (section.systemPrompt().isPresent() && !chat) {
      throw new InvalidInput(
          section.title()
              + ": system_prompt needs a chat template, and prompts are plain here; put the text"
              + " into prompt_template, or use a checkpoint with a chat_template");
    }
  }

  /** The prompt of a row; {@code columns} of the result hold the answer as {@code answer}. */
  Prompt prompt(Row row, ColumnRoles roles) throws Unusable {
    String text = roles.messages().isPresent() ? ofMessages(row, roles) : ofText(row, roles);
    int[] tokens = encode(text);
    if (tokens.length == 0) {
      throw new Unusable("the prompt has no tokens");
    }
    if (section.maxPromptLength() > 0 && tokens.length > section.maxPromptLength()) {
      throw new Unusable("prompt longer than max_prompt_length " + section.maxPromptLength());
    }
    return new Prompt(row.number(), text, tokens, withAnswer(row.columns(), roles));
  }

  /** The example of a prompt and the text to write after it, the end of sequence added. */
  SupervisedExample example(Prompt prompt, String completion) throws Unusable {
    if (completion.isBlank()) {
      throw new Unusable("empty completion");
    }
    int eos =
        tokenizer
            .eos()
            .orElseThrow(
                () ->
                    new InvalidInput(
                        "the tokenizer has no end-of-sequence token, so a completion could not"
                            + " end; set eos_token in its tokenizer_config.json"));
    int[] written = continuation(prompt, completion);
    int[] tokens = Arrays.copyOf(written, written.length + 1);
    tokens[written.length] = eos;
    return new SupervisedExample(prompt.id(), prompt.text(), completion, prompt.tokens(), tokens);
  }

  /**
   * The completion's tokens as they stand after the prompt: some tokenizers begin a text of its own
   * with a space. Where the two merge across the border, they are taken apart there, as in a
   * rollout.
   */
  private int[] continuation(Prompt prompt, String completion) throws Unusable {
    int[] before = prompt.tokens();
    int[] whole = encode(prompt.text() + completion);
    boolean continues =
        whole.length > before.length
            && Arrays.equals(before, 0, before.length, whole, 0, before.length);
    if (continues) {
      return Arrays.copyOfRange(whole, before.length, whole.length);
    }
    try {
      return tokenizer.encodeVerbatim(completion);
    } catch (InvalidInput e) {
      throw new Unusable(e.getMessage());
    }
  }

  private int[] encode(String text) throws Unusable {
    try {
      return chat ? tokenizer.encodeVerbatim(text) : tokenizer.encode(text);
    } catch (InvalidInput e) {
      throw new Unusable(e.getMessage());
    }
  }

  private String ofText(Row row, ColumnRoles roles) throws Unusable {
    String text = fill(roles.prompt(), row.columns());
    if (text.isBlank()) {
      throw new Unusable("empty prompt");
    }
    if (!chat) {
      return text;
    }
    return render(List.of(new ChatMessage("user", text)));
  }

  private String ofMessages(Row row, ColumnRoles roles) throws Unusable {
    if (!chat) {
      throw new InvalidInput(
          section.title()
              + ": the prompts are chat messages, and the tokenizer's chat template is not used"
              + " or absent; use a checkpoint with a chat_template");
    }
    String column = roles.messages().get();
    List<ChatMessage> messages = messages(row.columns(), column);
    if (section.promptTemplate().isPresent()) {
      int last = messages.size() - 1;
      Map<String, Object> columns = new LinkedHashMap<>(row.columns());
      columns.put(ColumnRoles.PROMPT, messages.get(last).content());
      messages.set(last, new ChatMessage(messages.get(last).role(), fill(roles.prompt(), columns)));
    }
    return render(messages);
  }

  private static List<ChatMessage> messages(Map<String, Object> row, String column)
      throws Unusable {
    Object value = Columns.value(row, column);
    if (!(value instanceof List<?> list) || list.isEmpty()) {
      throw new Unusable("column '" + column + "' holds no messages");
    }
    List<ChatMessage> messages = new ArrayList<>();
    for (Object item : list) {
      if (!(item instanceof Map<?, ?> message
          && message.get("role") instanceof String role
          && message.get("content") instanceof String content)) {
        throw new Unusable("a message in '" + column + "' lacks its role or content");
      }
      messages.add(new ChatMessage(role, content));
    }
    return messages;
  }

  private String render(List<ChatMessage> messages) {
    List<ChatMessage> all = new ArrayList<>();
    Optional<String> system = section.systemPrompt();
    system.ifPresent(text -> all.add(new ChatMessage("system", text)));
    for (ChatMessage message : messages) {
      // The experiment's system prompt takes the place of the data's own.
      if (system.isEmpty() || !message.role().equals("system")) {
        all.add(message);
      }
    }
    return tokenizer.applyChatTemplate(all, GenerationPrompt.ADDED);
  }

  /** Text of a template over a row. */
  static String fill(Template template, Map<String, Object> columns) throws Unusable {
    try {
      return template.fill(columns);
    } catch (Template.MissingColumn e) {
      throw new Unusable(e.getMessage());
    }
  }

  private Map<String, Object> withAnswer(Map<String, Object> columns, ColumnRoles roles) {
    boolean named = section.columns().containsKey(ColumnRoles.ANSWER);
    if (roles.answer().isEmpty() || (columns.containsKey(ColumnRoles.ANSWER) && !named)) {
      return columns;
    }
    Map<String, Object> more = new LinkedHashMap<>(columns);
    more.put(ColumnRoles.ANSWER, Columns.value(columns, roles.answer().get()));
    return more;
  }
}
