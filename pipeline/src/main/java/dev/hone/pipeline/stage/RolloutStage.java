package dev.hone.pipeline.stage;

import dev.hone.pipeline.data.Prompt;
import dev.hone.policy.generation.Completion;
import dev.hone.policy.generation.Generated;
import dev.hone.policy.generation.GenerationListener;
import dev.hone.policy.generation.GenerationRequest;
import dev.hone.policy.generation.GenerationStatistics;
import dev.hone.policy.generation.Generator;
import dev.hone.policy.generation.RandomKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prompt to rollouts: samples a group of answers to each prompt with the policy. */
public final class RolloutStage {

  /** The rollouts of some prompts, in the prompts' order, and what sampling them took. */
  public record Result(List<Rollout> rollouts, GenerationStatistics statistics) {}

  private final PolicyReference policy;
  private final RolloutSettings settings;

  public RolloutStage(PolicyReference policy, RolloutSettings settings) {
    this.policy = policy;
    this.settings = settings;
  }

  public Result apply(List<Prompt> prompts, GenerationListener listener) {
    List<GenerationRequest> requests = new ArrayList<>(prompts.size());
    Map<Long, Prompt> byId = new HashMap<>();
    for (Prompt prompt : prompts) {
      requests.add(new GenerationRequest(prompt.id(), prompt.tokens(), settings.numGenerations()));
      byId.put(prompt.id(), prompt);
    }
    try (PolicyHolder.Lease lease = PolicyHolder.lease(policy)) {
      Generator generator =
          new Generator(lease.model(), lease.tokenizer(), settings.maxRunningSequences());
      Generated generated =
          generator.generate(
              requests,
              settings.sampling(),
              new RandomKey(settings.seed(), policy.version()),
              listener);
      List<Rollout> rollouts =
          generated.completions().stream().map(c -> rollout(byId.get(c.promptId()), c)).toList();
      return new Result(rollouts, generated.statistics());
    }
  }

  private Rollout rollout(Prompt prompt, Completion completion) {
    return new Rollout(
        prompt,
        completion.sample(),
        policy.version(),
        completion.text(),
        completion.tokens(),
        completion.logProbs(),
        completion.samplingLogProbs(),
        completion.reason().name().toLowerCase(Locale.ROOT));
  }
}
