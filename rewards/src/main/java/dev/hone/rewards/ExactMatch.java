package dev.hone.rewards;

import java.util.Locale;

/**
 * 1 where the completion is the reference, character by character.
 *
 * <p>Options: {@code reference}: a column; {@code after}: compare only what stands after the last
 * occurrence of this text; {@code strip} (default true): white space around both aside; {@code
 * ignore_case} (default false).
 */
final class ExactMatch implements Verifier {

  private final String after;
  private final boolean strip;
  private final boolean ignoreCase;

  private ExactMatch(String after, boolean strip, boolean ignoreCase) {
    this.after = after;
    this.strip = strip;
    this.ignoreCase = ignoreCase;
  }

  static ExactMatch from(RewardOptions options) {
    String after = options.text("after", "");
    return new ExactMatch(after, options.flag("strip", true), options.flag("ignore_case", false));
  }

  @Override
  public Judgement verify(String response, String reference) {
    String answer = response;
    if (!after.isEmpty()) {
      int marker = response.lastIndexOf(after);
      if (marker < 0) {
        return Judgement.noAnswer("'" + after + "' does not occur");
      }
      answer = response.substring(marker + after.length());
    }
    String normal = normal(answer);
    return normal.equals(normal(reference))
        ? Judgement.correct(normal, "equals the reference")
        : Judgement.incorrect(normal, "differs from the reference");
  }

  private String normal(String text) {
    String stripped = strip ? text.strip() : text;
    return ignoreCase ? stripped.toLowerCase(Locale.ROOT) : stripped;
  }
}
