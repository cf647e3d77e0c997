package dev.hone.rewards;

import java.io.Serializable;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One reward as the experiment describes it.
 *
 * @param name what its metrics are called ({@code rewards/<name>/mean})
 * @param type a registered type, or the class name of the user's own
 * @param weight its share in the sum; any finite number, negative for a penalty
 * @param options what the type takes, as YAML has them: strings, numbers, booleans, lists and maps
 */
public record RewardSpec(String name, String type, double weight, Map<String, Object> options)
    implements Serializable {

  public RewardSpec {
    if (name == null || name.isBlank()) {
      throw new InvalidReward("a reward of type '" + type + "' has no name; give it one");
    }
    if (!Double.isFinite(weight)) {
      throw new InvalidReward(
          "reward '" + name + "': weight is " + weight + "; it must be a finite number");
    }
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }
}
