package dev.hone.policy.tokenizer;

import dev.hone.policy.InvalidInput;
import dev.hone.policy.jinja.Template;
import dev.hone.policy.jinja.TemplateError;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A chat template: writes a conversation as one text, as transformers' apply_chat_template. */
final class ChatTemplate {

  private final Template template;

  private ChatTemplate(Template template) {
    this.template = template;
  }

  static ChatTemplate parse(String source) {
    try {
      return new ChatTemplate(Template.parse(source));
    } catch (TemplateError e) {
      throw new InvalidInput("the source cannot be read: " + e.getMessage(), e);
    }
  }

  String render(
      List<ChatMessage> messages,
      GenerationPrompt generationPrompt,
      Map<String, String> specialTokens,
      Map<String, Object> variables) {
    Map<String, Object> context = new HashMap<>(specialTokens);
    context.put("messages", messages.stream().map(ChatTemplate::fields).toList());
    context.put("tools", null);
    context.put("documents", null);
    context.put("add_generation_prompt", generationPrompt == GenerationPrompt.ADDED);
    context.putAll(variables);
    try {
      return template.render(context);
    } catch (TemplateError e) {
      throw new InvalidInput("it refuses the conversation: " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> fields(ChatMessage message) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("role", message.role());
    fields.put("content", message.content());
    return fields;
  }
}
