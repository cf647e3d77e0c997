package dev.hone.rewards;

/**
 * The soft overlong punishment of DAPO (Yu et al. 2025, equation 13): 0 up to {@code
 * max_completion_length - soft_punish_cache} tokens, from there down a straight line to -1 at the
 * limit, and -1 beyond it.
 */
final class OverlongPenalty implements RewardFunction {

  private final int limit;
  private final int cache;

  private OverlongPenalty(int limit, int cache) {
    this.limit = limit;
    this.cache = cache;
  }

  static OverlongPenalty from(RewardOptions options) {
    int limit = options.requiredCount("max_completion_length", 1);
    int cache = options.requiredCount("soft_punish_cache", 1);
    if (cache > limit) {
      throw options.wrong("soft_punish_cache", cache, "at most max_completion_length, " + limit);
    }
    return new OverlongPenalty(limit, cache);
  }

  @Override
  public Judgement judge(RewardInput input) {
    int free = limit - cache;
    int tokens = input.completionTokens();
    if (tokens <= free) {
      return new Judgement(0, Verdict.CORRECT, "", tokens + " tokens");
    }
    double score = tokens > limit ? -1 : (double) (free - tokens) / cache;
    return new Judgement(
        score, Verdict.INCORRECT, "", tokens + " tokens, past the " + free + " that are free");
  }
}
