package dev.hone.pipeline.scoring;

import dev.hone.pipeline.stage.ScoringStage;
import dev.hone.rewards.CompositeReward;
import dev.hone.rewards.RewardRegistry;
import dev.hone.rewards.RewardSpec;
import dev.hone.sandbox.SandboxSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The one reward that answers are judged with.
 *
 * @param name its type, or its class
 * @param stage the stage that scores with it
 * @param needs what it cannot do without
 */
public record AnswerReward(String name, ScoringStage stage, Needs needs) {

  /** These look at nothing but how many tokens the policy has written. */
  private static final Set<String> COUNTS_TOKENS = Set.of("length", "overlong");

  /**
   * Builds a reward, so that a mistake shows before any work is done.
   *
   * @param type a registered type, or the class name of the user's own
   * @param options what it takes, as an experiment has them
   * @param sandbox how programs are run, where it runs any
   * @throws dev.hone.rewards.InvalidReward where it cannot be built
   */
  public static AnswerReward of(String type, Map<String, Object> options, SandboxSettings sandbox) {
    RewardSpec given = new RewardSpec(type, type, 1, options);
    boolean compares =
        !new CompositeReward(List.of(given), RewardRegistry.standard(sandbox))
            .referenceColumns()
            .isEmpty();
    RewardSpec spec = given;
    if (compares) {
      Map<String, Object> more = new LinkedHashMap<>(options);
      more.put("reference", AnswerColumns.REFERENCE);
      spec = new RewardSpec(type, type, 1, more);
    }
    return new AnswerReward(
        type,
        new ScoringStage(List.of(spec), sandbox),
        new Needs(compares, COUNTS_TOKENS.contains(type)));
  }
}
