package dev.hone.rewards;

/**
 * 1 while the completion has between {@code min_length} and {@code max_length} tokens, falling
 * linearly to 0 over {@code soft_window} tokens on either side (0: at once).
 */
final class LengthReward implements RewardFunction {

  private final int min;
  private final int max;
  private final int window;

  private LengthReward(int min, int max, int window) {
    this.min = min;
    this.max = max;
    this.window = window;
  }

  static LengthReward from(RewardOptions options) {
    if (!options.has("min_length") && !options.has("max_length")) {
      throw new InvalidReward(
          "reward type 'length' needs the option 'min_length', 'max_length' or both");
    }
    int min = options.count("min_length", 0, 0);
    int max = options.count("max_length", Integer.MAX_VALUE, 0);
    if (max < min) {
      throw options.wrong("max_length", max, "at least min_length, " + min);
    }
    return new LengthReward(min, max, options.count("soft_window", 0, 0));
  }

  @Override
  public Judgement judge(RewardInput input) {
    int tokens = input.completionTokens();
    int outside = Math.max(Math.max(min - tokens, tokens - max), 0);
    if (outside == 0) {
      return Judgement.correct("", tokens + " tokens");
    }
    double score = window == 0 ? 0 : Math.max(0, 1 - (double) outside / window);
    String reason = tokens + " tokens, " + outside + (tokens > max ? " too many" : " too few");
    return new Judgement(score, Verdict.INCORRECT, "", reason);
  }
}
