package dev.hone.pipeline.train;

import dev.hone.pipeline.config.Experiment;
import dev.hone.pipeline.config.GrpoStage;
import dev.hone.pipeline.config.SamplingSection;
import dev.hone.pipeline.config.SftStage;
import dev.hone.pipeline.config.Stage;
import dev.hone.pipeline.config.SuiteSection;
import dev.hone.pipeline.data.Prompt;
import dev.hone.pipeline.data.PromptDataset;
import dev.hone.pipeline.data.SupervisedExample;
import dev.hone.policy.memory.BatchShape;
import dev.hone.policy.memory.MemoryNeed;
import dev.hone.policy.memory.MemoryPlan;
import dev.hone.policy.memory.RolloutShape;
import dev.hone.policy.model.ModelConfig;
import dev.hone.policy.tensor.Backends;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * What an experiment will take outside the JVM's heap, found out before it starts: the learner's
 * memory and that of the policy that answers, which in local mode lie in one process. Answers are
 * taken to be as long as they may be, prompts and demonstrations as long as the dataset's.
 *
 * @param updates what the learner takes, by stage
 * @param rollouts what answering takes, by stage and suite
 */
public record MemoryForecast(List<Part> updates, List<Part> rollouts) {

  /** Rows of a dataset whose lengths are looked at. */
  private static final int ROWS = 2000;

  /** What one piece of the work takes at its peak. */
  public record Part(String work, MemoryNeed need) {}

  /** Of an experiment on a backend; empty where the backend does not count its memory. */
  static Optional<MemoryForecast> of(
      Experiment experiment, Backends.Choice backend, ModelConfig config, ExperimentData data) {
    MemoryPlan plan = new MemoryPlan(backend, config);
    int cores = Runtime.getRuntime().availableProcessors();
    List<Part> updates = new ArrayList<>();
    List<Part> rollouts = new ArrayList<>();
    for (Stage stage : experiment.stages()) {
      if (stage instanceof SftStage sft) {
        List<SupervisedExample> examples = data.examples(sft).draw(0, ROWS);
        int prompt = likely(examples, sft.batchSize(), e -> e.promptTokens().length);
        int completion = likely(examples, sft.batchSize(), e -> e.completionTokens().length);
        plan.update(
                sft.updateSettings(1), true, new BatchShape(sft.batchSize(), prompt, completion))
            .ifPresent(need -> updates.add(new Part(stage.label() + " update", need)));
      } else if (stage instanceof GrpoStage grpo) {
        int prompt = promptTokens(data.prompts(grpo), grpo.promptsPerStep());
        int completion = answerTokens(config, prompt, grpo.sampling());
        int sequences = grpo.promptsPerStep() * grpo.numGenerations();
        plan.update(grpo.updateSettings(), false, new BatchShape(sequences, prompt, completion))
            .ifPresent(need -> updates.add(new Part(stage.label() + " update", need)));
        plan.rollout(
                new RolloutShape(
                    grpo.promptsPerStep(),
                    prompt,
                    grpo.numGenerations(),
                    completion,
                    grpo.maxRunningSequences(),
                    Math.min(cores, grpo.rolloutPartitions())))
            .ifPresent(need -> rollouts.add(new Part(stage.label() + " rollout", need)));
      }
    }
    for (SuiteSection suite : experiment.evaluation().suites()) {
      PromptDataset problems = data.problems(suite);
      int prompt = promptTokens(problems, problems.size());
      plan.rollout(
              new RolloutShape(
                  problems.size(),
                  prompt,
                  suite.numGenerations(),
                  answerTokens(config, prompt, suite.sampling()),
                  suite.maxRunningSequences(),
                  Math.min(cores, suite.rolloutPartitions())))
          .ifPresent(need -> rollouts.add(new Part(suite.name() + " suite", need)));
    }
    return updates.isEmpty()
        ? Optional.empty()
        : Optional.of(new MemoryForecast(List.copyOf(updates), List.copyOf(rollouts)));
  }

  private static int promptTokens(PromptDataset dataset, int prompts) {
    return likely(dataset.draw(0, ROWS), prompts, (Prompt prompt) -> prompt.tokens().length);
  }

  private static int answerTokens(ModelConfig config, int prompt, SamplingSection sampling) {
    return Math.max(1, Math.min(sampling.maxCompletionLength(), config.maxPositions() - prompt));
  }

  /** The mean length that one batch in a thousand exceeds: three standard errors above the mean. */
  private static <T> int likely(List<T> rows, int batch, ToIntFunction<T> length) {
    double mean = rows.stream().mapToInt(length).average().orElse(1);
    double squares =
        rows.stream()
            .mapToDouble(row -> Math.pow(length.applyAsInt(row) - mean, 2))
            .average()
            .orElse(0);
    return Math.max(1, (int) Math.ceil(mean + 3 * Math.sqrt(squares / batch)));
  }

  /** The update that takes most. */
  public Part update() {
    return largest(updates);
  }

  /** The rollout that takes most; empty where nothing is answered. */
  public Optional<Part> rollout() {
    return rollouts.isEmpty() ? Optional.empty() : Optional.of(largest(rollouts));
  }

  private static Part largest(List<Part> parts) {
    return parts.stream().max(Comparator.comparingLong(part -> part.need().bytes())).orElseThrow();
  }

  /** Of the process, in local mode: the learner's memory and the answering policy's beside it. */
  public long bytes() {
    return update().need().bytes() + rollout().map(part -> part.need().bytes()).orElse(0L);
  }

  /** The forecast in a line. */
  String line() {
    return "Memory: %s predicted outside the Java heap (%s %s%s)"
        .formatted(
            shown(bytes()),
            update().work(),
            shown(update().need().bytes()),
            rollout()
                .map(part -> ", " + part.work() + " " + shown(part.need().bytes()))
                .orElse(""));
  }

  /**
   * What to do where this and the heap do not fit into so many bytes; empty where they do.
   *
   * @param heap most the heap may take
   */
  public Optional<String> warning(long heap, long physical) {
    if (bytes() + heap <= physical) {
      return Optional.empty();
    }
    Part most =
        rollout().filter(part -> part.need().bytes() > update().need().bytes()).orElse(update());
    MemoryNeed.Part largest = most.need().largest();
    return Optional.of(
        "Memory: this will not fit: %s predicted and a Java heap of %s in %s of memory; most goes to the %s's %s: %s"
            .formatted(
                shown(bytes()),
                shown(heap),
                shown(physical),
                most.work(),
                largest.label(),
                largest.remedy()));
  }

  /** Bytes for people. */
  public static String shown(long bytes) {
    return bytes < 10L << 30
        ? String.format(Locale.ROOT, "%,.0f MB", bytes / 0x1p20)
        : String.format(Locale.ROOT, "%,.1f GB", bytes / 0x1p30);
  }
}
