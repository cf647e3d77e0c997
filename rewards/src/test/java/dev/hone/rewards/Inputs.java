package dev.hone.rewards;

import java.util.Map;

/** Reward inputs for tests. */
final class Inputs {

  private Inputs() {}

  static RewardInput completion(String completion, Map<String, Object> columns) {
    return new RewardInput("a prompt", completion, completion.length(), true, columns);
  }

  static RewardInput tokens(int count) {
    return new RewardInput("a prompt", "text", count, true, Map.of());
  }

  static RewardFunction reward(String type, Object... namesAndValues) {
    Map<String, Object> options = new java.util.LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      options.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return RewardRegistry.standard().create(type, options);
  }
}
