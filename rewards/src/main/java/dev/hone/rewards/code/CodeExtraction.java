package dev.hone.rewards.code;

import dev.hone.sandbox.Language;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Finds the program in a response. */
final class CodeExtraction {

  private static final String FENCE = "```";

  private record Block(String language, String code) {}

  private CodeExtraction() {}

  /**
   * The program: the last fenced block of the language, else the last of no stated language, else
   * the text as a whole. Only what follows {@code </think>} counts; a thought that never ended is
   * no program.
   */
  static Optional<String> program(String response, Language language) {
    String answer = response;
    int thought = response.lastIndexOf("</think>");
    if (thought >= 0) {
      answer = response.substring(thought + "</think>".length());
    } else if (response.contains("<think>")) {
      return Optional.empty();
    }
    List<Block> blocks = blocks(answer);
    Optional<String> found =
        last(blocks, block -> Language.named(block.language()).filter(language::equals).isPresent())
            .or(() -> last(blocks, block -> block.language().isEmpty()));
    if (found.isEmpty() && !blocks.isEmpty()) {
      return Optional.empty(); // there is code, in another language
    }
    return found.or(() -> Optional.of(thought(response, thought))).filter(code -> !code.isBlank());
  }

  private static String thought(String response, int thought) {
    return thought < 0 ? response : response.substring(thought + "</think>".length());
  }

  /**
   * The program that a completion makes of the code it continues: that code with the completion
   * after it, on a line of its own where it brings the function anew.
   */
  static String continued(String prompt, String function, String code) {
    boolean anew =
        Pattern.compile(
                "^(?:async\\s+)?def\\s+" + Pattern.quote(function) + "\\b", Pattern.MULTILINE)
            .matcher(code)
            .find();
    if (anew) {
      return prompt + "\n\n" + code;
    }
    return prompt + (prompt.endsWith("\n") || code.startsWith("\n") ? "" : "\n") + code;
  }

  private static Optional<String> last(List<Block> blocks, Predicate<Block> wanted) {
    for (int i = blocks.size() - 1; i >= 0; i--) {
      if (wanted.test(blocks.get(i))) {
        return Optional.of(blocks.get(i).code());
      }
    }
    return Optional.empty();
  }

  /** Every block between fences, an unfinished one at the end among them. */
  private static List<Block> blocks(String text) {
    List<Block> blocks = new ArrayList<>();
    String language = null;
    StringBuilder code = new StringBuilder();
    for (String line : text.split("\n", -1)) {
      boolean fence = line.stripLeading().startsWith(FENCE);
      if (fence && language == null) {
        String word = line.strip().substring(FENCE.length()).strip();
        language = word.split("[\\s{,]", 2)[0];
      } else if (fence) {
        blocks.add(new Block(language, code.toString()));
        language = null;
        code.setLength(0);
      } else if (language != null) {
        code.append(line).append('\n');
      }
    }
    if (language != null && !code.isEmpty()) {
      blocks.add(new Block(language, code.toString()));
    }
    return blocks;
  }
}
