package dev.hone.rewards;

/**
 * One term of the reward. Implementations are thread-safe and deterministic. A user's own is a
 * public class with a public no-argument constructor, or one that takes a {@code Map<String,
 * Object>} of the options given in the experiment, named in the YAML by its class name.
 */
@FunctionalInterface
public interface RewardFunction {

  Judgement judge(RewardInput input);

  /**
   * How many answers of one process may be judged at once; more than one where judging mostly waits
   * for something else, such as a program that runs.
   */
  default int concurrency() {
    return 1;
  }

  /**
   * Called once before a run's work begins.
   *
   * @throws InvalidReward in one line, where this machine lacks what the reward needs
   */
  default void prepare() {}
}
