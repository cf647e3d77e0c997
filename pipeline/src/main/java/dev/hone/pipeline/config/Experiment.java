package dev.hone.pipeline.config;

import dev.hone.policy.tensor.ComputeDtype;
import java.util.List;
import java.util.Optional;

/** One experiment file, resolved: every setting has its value. */
public record Experiment(
    @Setting(doc = "Name of the run; the name of the file unless given") String name,
    @Setting(value = "0", min = 0, doc = "Seed of all randomness: weights, shuffling, sampling")
        long seed,
    @Setting(value = "runs", doc = "The run lies in <output_dir>/<name>") String outputDir,
    @Setting(doc = "File or folder that dataset paths are relative to; the working directory")
        Optional<String> data,
    @Setting(value = "auto", doc = "Who computes: auto takes the fastest backend that loads")
        String backend,
    @Setting(
            value = "auto",
            doc = "What products compute in; auto takes the fastest, bf16_amx sums as AMX does")
        ComputeDtype dtype,
    @Setting(value = "0", min = 0, doc = "Threads of the backend; 0 is every core") int threads,
    @Setting(doc = "The policy to start from") ModelSection model,
    @Setting(doc = "Apache Spark, which runs the rollouts") SparkSection spark,
    @Setting(doc = "What an answer is paid for; the reward is the weighted sum")
        List<RewardSection> rewards,
    @Setting(doc = "How the programs of answers are run") SandboxSection sandbox,
    @Setting(doc = "What is measured before, during and after training")
        EvaluationSection evaluation,
    @Setting(doc = "What is trained, in order") List<Stage> stages) {

  /** The metric that chooses the best checkpoint; empty where nothing is measured. */
  public String bestMetric() {
    return evaluation
        .bestMetric()
        .orElseGet(
            () ->
                evaluation.suites().stream()
                    .findFirst()
                    .map(suite -> "eval/" + suite.name() + "/pass@" + suite.k().get(0))
                    .orElse(""));
  }

  /** Threads of the backend; every core where the experiment leaves it open. */
  public int backendThreads() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }
}
