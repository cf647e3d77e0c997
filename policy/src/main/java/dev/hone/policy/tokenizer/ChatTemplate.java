package dev.hone.policy.tokenizer;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.interpret.RenderResult;
import dev.hone.policy.InvalidInput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A chat template: Jinja source that writes a conversation as one text. */
final class ChatTemplate {

  private final String source;
  private final Jinjava jinjava;

  private ChatTemplate(String source) {
    this.source = source;
    this.jinjava =
        new Jinjava(JinjavaConfig.newBuilder().withTrimBlocks(true).withLstripBlocks(true).build());
  }

  static ChatTemplate parse(String source) {
    return new ChatTemplate(source);
  }

  String render(
      List<ChatMessage> messages,
      GenerationPrompt generationPrompt,
      Map<String, String> specialTokens,
      Map<String, Object> variables) {
    Map<String, Object> context = new HashMap<>(specialTokens);
    context.putAll(variables);
    context.put(
        "messages",
        messages.stream()
            .map(message -> Map.of("role", message.role(), "content", message.content()))
            .toList());
    context.put("add_generation_prompt", generationPrompt == GenerationPrompt.ADDED);
    RenderResult result = jinjava.renderForResult(source, context);
    if (result.hasErrors()) {
      throw new InvalidInput(result.getErrors().get(0).getMessage());
    }
    return result.getOutput();
  }
}
