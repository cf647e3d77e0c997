package dev.hone.rewards;

/**
 * One term of the reward. Implementations are thread-safe and deterministic. A user's own is a
 * public class with a public no-argument constructor, or one that takes a {@code Map<String,
 * Object>} of the options given in the experiment, named in the YAML by its class name.
 */
@FunctionalInterface
public interface RewardFunction {

  Judgement judge(RewardInput input);
}
