package dev.hone.rewards;

import java.util.List;
import java.util.regex.Pattern;

/**
 * 1 where the completion has the asked form, else 0.
 *
 * <p>Options, one of: {@code pattern}, a regular expression that must match the whole completion
 * ({@code .} matches line ends); {@code preset}, {@code think}: {@code <think>...</think>} once,
 * both parts filled, with an answer after it (the opening tag may stand at the end of the prompt,
 * as in DeepSeek-R1's template), or {@code hash_number}: the last line is {@code #### <number>}.
 */
final class FormatReward {

  private static final String OPEN = "<think>";
  private static final String CLOSE = "</think>";

  private FormatReward() {}

  static RewardFunction from(RewardOptions options) {
    String preset = options.choice("preset", null, List.of("think", "hash_number"));
    String given = options.text("pattern", null);
    if ((preset == null) == (given == null)) {
      throw new InvalidReward(
          "reward type 'format' needs either the option 'pattern' or the option 'preset'");
    }
    if (given != null) {
      Pattern pattern = RegexReward.compile(options, given);
      return input -> wholeMatch(pattern, input.completion());
    }
    return preset.equals("think") ? FormatReward::think : FormatReward::hashNumber;
  }

  private static Judgement wholeMatch(Pattern pattern, String completion) {
    try {
      return verdict(
          BoundedText.matcher(pattern, completion).matches(),
          "the pattern matches",
          "the pattern does not match");
    } catch (BoundedText.Exhausted | StackOverflowError e) {
      return Judgement.incorrect("", "the pattern needs too many steps on this text");
    }
  }

  private static Judgement think(RewardInput input) {
    String text = input.completion().strip();
    boolean opened = input.prompt().stripTrailing().endsWith(OPEN);
    if (!opened) {
      if (!text.startsWith(OPEN)) {
        return Judgement.incorrect("", "does not begin with " + OPEN);
      }
      text = text.substring(OPEN.length());
    }
    int close = text.indexOf(CLOSE);
    if (close < 0) {
      return Judgement.incorrect("", CLOSE + " is missing");
    }
    if (text.contains(OPEN) || text.indexOf(CLOSE, close + 1) >= 0) {
      return Judgement.incorrect("", "a think tag occurs more than once");
    }
    if (text.substring(0, close).isBlank()) {
      return Judgement.incorrect("", "there is no thought between the think tags");
    }
    return verdict(
        !text.substring(close + CLOSE.length()).isBlank(),
        "thought, then an answer",
        "there is no answer after " + CLOSE);
  }

  private static Judgement hashNumber(RewardInput input) {
    String text = input.completion().stripTrailing();
    String line = text.substring(text.lastIndexOf('\n') + 1).strip();
    if (!line.startsWith(FinalNumber.GSM8K_MARKER)) {
      return Judgement.incorrect("", "the last line does not begin with ####");
    }
    String number = line.substring(FinalNumber.GSM8K_MARKER.length()).strip();
    return verdict(
        !number.startsWith("#") && PlainNumber.parseWhole(number).isPresent(),
        "the last line is #### and a number",
        "what follows #### is not a number");
  }

  private static Judgement verdict(boolean holds, String yes, String no) {
    return holds ? Judgement.correct("", yes) : Judgement.incorrect("", no);
  }
}
