package dev.hone.pipeline.train;

import dev.hone.pipeline.data.Prompt;
import dev.hone.pipeline.stage.AdvantageStage;
import dev.hone.pipeline.stage.Batch;
import dev.hone.pipeline.stage.Experience;
import dev.hone.pipeline.stage.PolicyReference;
import dev.hone.pipeline.stage.Rollout;
import dev.hone.pipeline.stage.RolloutMetrics;
import dev.hone.pipeline.stage.RolloutSettings;
import dev.hone.pipeline.stage.SampledBatch;
import dev.hone.pipeline.stage.ScoredRollout;
import dev.hone.pipeline.stage.ScoringStage;
import dev.hone.pipeline.stage.Stages;
import dev.hone.policy.generation.GenerationStatistics;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.update.Learner;
import dev.hone.policy.update.NonFiniteUpdateException;
import dev.hone.policy.update.TrainingSequence;
import dev.hone.policy.update.UpdateMetrics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Group relative policy optimization (Shao et al., 2024), one step from top to bottom: the policy
 * answers each prompt several times, rewards judge the answers, each answer is compared with its
 * own group, and the policy moves towards what did better.
 */
final class GrpoStep implements StageStep {

  /**
   * What stays the same from step to step.
   *
   * @param promptsPerStep groups of a step
   * @param sampling how the policy answers
   * @param scoring the rewards
   * @param advantages how answers are compared
   * @param dynamicRounds DAPO's dynamic sampling: most rounds of drawing in a step, groups without
   *     signal being replaced; 0 takes the groups as they come
   * @param greedyBaseline whether the advantage compares with the greedy answer (ReMax)
   * @param maskTruncated learn nothing from answers cut off at the limit
   */
  record Settings(
      int promptsPerStep,
      RolloutSettings sampling,
      ScoringStage scoring,
      AdvantageStage advantages,
      int dynamicRounds,
      boolean greedyBaseline,
      boolean maskTruncated) {}

  /** Where the rows of a step are kept, by what they are. */
  @FunctionalInterface
  interface StepFolders {
    Path of(String table, long step);
  }

  private final Settings settings;
  private final Stages stages;
  private final BatchSchedule<Prompt> schedule;
  private final Supplier<PolicyReference> policy;
  private final Learner learner;
  private final StepFolders folders;
  private final Optional<DecoderModel> reference;
  private long batches;

  /**
   * @param reference the policy to stay close to, where the loss asks for one
   * @param policy publishes the learner's weights and says where they lie
   * @param folders where the rows of a step are kept
   * @param dataPosition prompts consumed before, where a run goes on
   */
  GrpoStep(
      Settings settings,
      Stages stages,
      BatchSchedule<Prompt> schedule,
      Supplier<PolicyReference> policy,
      Learner learner,
      Optional<DecoderModel> reference,
      StepFolders folders,
      long dataPosition) {
    this.settings = settings;
    this.stages = stages;
    this.schedule = schedule;
    this.policy = policy;
    this.learner = learner;
    this.folders = folders;
    this.batches = dataPosition / settings.promptsPerStep();
    this.reference = reference;
  }

  @Override
  public Map<String, Double> run(long step) {
    StepClock clock = new StepClock();

    PolicyReference current = clock.time("publish", policy);
    Sampled sampled = sample(step, current, clock);
    AdvantageStage advantages = settings.advantages().against(sampled.baselines());
    List<Experience> experience =
        clock.time(
            "advantages",
            () ->
                stages
                    .compare(sampled.rounds(), advantages, folders.of("experience", step))
                    .collect());
    UpdateMetrics update = clock.time("update", () -> update(step, experience));

    return metrics(sampled, advantages, experience, update, clock);
  }

  /** The rounds of a step: their scored rollouts, and the greedy answers' rewards by prompt. */
  private record Sampled(
      List<Batch<ScoredRollout>> rounds,
      List<ScoredRollout> rollouts,
      Map<Long, Double> baselines,
      List<GenerationStatistics> statistics) {}

  private Sampled sample(long step, PolicyReference current, StepClock clock) {
    Sampled sampled =
        new Sampled(new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>(), new ArrayList<>());
    int rounds = Math.max(1, settings.dynamicRounds());
    for (int round = 0; round < rounds; round++) {
      List<Prompt> prompts = schedule.batch(batches++);
      StepFolders place = rounds == 1 ? folders : ofRound(round);
      SampledBatch answers =
          clock.time(
              "rollout",
              () ->
                  stages.rollout(
                      prompts, current, settings.sampling(), place.of("rollouts", step)));
      Batch<ScoredRollout> scored = score(answers.rollouts(), place.of("scored", step), clock);
      sampled.rounds().add(scored);
      sampled.rollouts().addAll(scored.collect());
      sampled.statistics().addAll(answers.statistics());
      if (settings.greedyBaseline()) {
        sampled.baselines().putAll(greedyRewards(prompts, current, place, step, clock));
      }
      if (AdvantageStage.countInformative(sampled.rollouts()) >= settings.promptsPerStep()) {
        break;
      }
    }
    return sampled;
  }

  private StepFolders ofRound(int round) {
    return (table, step) -> folders.of(table, step).resolve("round=" + round);
  }

  private Batch<ScoredRollout> score(Batch<Rollout> rollouts, Path folder, StepClock clock) {
    return clock.time("score", () -> stages.score(rollouts, settings.scoring(), folder));
  }

  private Map<Long, Double> greedyRewards(
      List<Prompt> prompts,
      PolicyReference current,
      StepFolders place,
      long step,
      StepClock clock) {
    SampledBatch greedy =
        clock.time(
            "rollout",
            () ->
                stages.rollout(
                    prompts,
                    current,
                    settings.sampling().greedy(),
                    place.of("greedy_rollouts", step)));
    Map<Long, Double> rewards = new LinkedHashMap<>();
    for (ScoredRollout answer :
        score(greedy.rollouts(), place.of("greedy_scored", step), clock).collect()) {
      rewards.put(answer.rollout().prompt().id(), answer.reward());
    }
    return rewards;
  }

  private UpdateMetrics update(long step, List<Experience> experience) {
    try {
      return learner.update(sequences(experience), reference);
    } catch (NonFiniteUpdateException e) {
      throw new TrainingDiverged(
          step,
          e.sequences().stream()
              .map(index -> experience.get(index).scored().rollout())
              .map(rollout -> "prompt " + rollout.prompt().id() + " sample " + rollout.sample())
              .toList(),
          e);
    }
  }

  private List<TrainingSequence> sequences(List<Experience> experience) {
    return experience.stream()
        .map(
            e -> {
              Rollout rollout = e.scored().rollout();
              boolean masked = settings.maskTruncated() && rollout.finishReason().equals("length");
              return new TrainingSequence(
                  rollout.prompt().tokens(),
                  rollout.tokens(),
                  masked ? new boolean[rollout.tokens().length] : null,
                  e.advantage(),
                  rollout.logProbs(),
                  rollout.samplingLogProbs());
            })
        .toList();
  }

  private Map<String, Double> metrics(
      Sampled sampled,
      AdvantageStage advantages,
      List<Experience> experience,
      UpdateMetrics update,
      StepClock clock) {
    long tokens = 0;
    for (Experience e : experience) {
      Rollout rollout = e.scored().rollout();
      tokens += rollout.prompt().tokens().length + rollout.tokens().length;
    }
    Map<String, Double> metrics = new LinkedHashMap<>(advantages.metrics(sampled.rollouts()));
    metrics.putAll(RolloutMetrics.completions(sampled.rollouts()));
    metrics.putAll(update.values());
    metrics.putAll(RolloutMetrics.generation(sampled.statistics(), clock.seconds("rollout")));
    if (settings.dynamicRounds() > 0) {
      metrics.put("dynamic_sampling/rounds", (double) sampled.rounds().size());
    }
    metrics.put("epoch", schedule.epochs(batches));
    metrics.putAll(clock.metrics());
    metrics.put("perf/tokens_per_second", tokens / metrics.get("step_time"));
    return metrics;
  }

  @Override
  public long dataPosition() {
    return batches * settings.promptsPerStep();
  }

  @Override
  public String note(Map<String, Double> metrics) {
    return String.format(
        Locale.ROOT,
        "reward %.3f, length %.1f",
        metrics.get("reward"),
        metrics.get("completions/mean_length"));
  }
}
