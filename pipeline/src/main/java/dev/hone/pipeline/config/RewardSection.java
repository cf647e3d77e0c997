package dev.hone.pipeline.config;

import dev.hone.rewards.RewardSpec;
import java.util.Map;
import java.util.Optional;

/** One term of the reward. */
public record RewardSection(
    @Setting(doc = "Name in the metrics (rewards/<name>/mean); the type unless given")
        Optional<String> name,
    @Setting(value = "final_number", doc = "A built-in reward or the name of a class of your own")
        String type,
    @Setting(value = "1.0", doc = "Its weight in the sum") double weight,
    @OtherKeys @Setting(doc = "Options of the reward itself, such as reference: answer")
        Map<String, Object> options) {

  /** What the metrics call it. */
  public String label() {
    return name.orElse(type);
  }

  /** The same for the rewards' registry. */
  public RewardSpec spec() {
    return new RewardSpec(label(), type, weight, options);
  }
}
