package dev.hone.rewards;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * 1 where a regular expression ({@code java.util.regex}, {@code .} matches line ends) matches the
 * completion, else 0. With a reference column, the last match's group must equal the reference,
 * white space around both aside.
 *
 * <p>Options: {@code pattern}; {@code match}: {@code find} (anywhere, the default) or {@code full};
 * {@code reference}: a column; {@code group}: which group is compared (default 1 where the pattern
 * has one, else the whole match).
 */
final class RegexReward {

  private RegexReward() {}

  static RewardFunction from(RewardOptions options) {
    Pattern pattern = compile(options, options.requiredText("pattern"));
    boolean full = options.choice("match", "find", List.of("find", "full")).equals("full");
    String reference = options.text("reference", null);
    int groups = pattern.matcher("").groupCount();
    int group = options.count("group", Math.min(1, groups), 0);
    if (group > groups) {
      throw options.wrong("group", group, "at most " + groups + ", the groups of the pattern");
    }
    if (reference == null) {
      return input -> judge(pattern, full, group, input.completion(), null);
    }
    return new ReferenceReward(
        (response, expected) -> judge(pattern, full, group, response, expected), reference);
  }

  static Pattern compile(RewardOptions options, String pattern) {
    try {
      return Pattern.compile(pattern, Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      throw options.wrong(
          "pattern",
          "'" + pattern + "'",
          "a regular expression: " + e.getDescription() + " near index " + e.getIndex());
    }
  }

  private static Judgement judge(
      Pattern pattern, boolean full, int group, String response, String expected) {
    String found = null;
    boolean matched = false;
    try {
      Matcher matcher = BoundedText.matcher(pattern, response);
      if (full) {
        matched = matcher.matches();
        found = matched ? matcher.group(group) : null;
      } else {
        while (matcher.find()) {
          matched = true;
          found = matcher.group(group);
          if (expected == null) {
            break;
          }
        }
      }
    } catch (BoundedText.Exhausted | StackOverflowError e) {
      // Scored 0 and not set aside: a text that exhausts the pattern must not be a way out.
      return Judgement.noAnswer("the pattern needs too many steps on this text");
    }
    String extracted = found == null ? "" : found.strip();
    if (!matched) {
      return Judgement.noAnswer("the pattern does not match");
    }
    if (expected == null) {
      return Judgement.correct(extracted, "the pattern matches");
    }
    return extracted.equals(expected.strip())
        ? Judgement.correct(extracted, "equals the reference")
        : Judgement.incorrect(extracted, "differs from the reference");
  }
}
