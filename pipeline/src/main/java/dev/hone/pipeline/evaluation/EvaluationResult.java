package dev.hone.pipeline.evaluation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * How a policy did on a suite.
 *
 * @param suite its name
 * @param problems how many
 * @param samples answers to each
 * @param temperature they were drawn at; 0 is greedy
 * @param accuracy {@code pass@k}, {@code avg@k} and {@code maj@k} by name
 * @param meanLength tokens an answer
 * @param clippedRatio share of answers that the limit on new tokens ended
 * @param extractedRatio share of answers in which a final answer was found
 * @param seconds it took, generation and verification
 * @param scores share of correct answers of each problem, by problem id: for comparing policies on
 *     the same problems
 */
public record EvaluationResult(
    String suite,
    int problems,
    int samples,
    double temperature,
    Map<String, Estimate> accuracy,
    double meanLength,
    double clippedRatio,
    double extractedRatio,
    double seconds,
    Map<Long, Double> scores) {

  public EvaluationResult {
    accuracy = Collections.unmodifiableMap(new LinkedHashMap<>(accuracy));
    scores = Collections.unmodifiableMap(new TreeMap<>(scores));
  }

  /**
   * Summarises a suite's answers.
   *
   * @param suite its name
   * @param temperature the answers were drawn at
   * @param ks of pass@k and maj@k, each at most the number of answers a problem; maj@1 and avg@1
   *     are pass@1 and left out
   * @param outcomes every problem with the same number of answers
   * @param seconds it took
   * @param seed of the bootstrap
   */
  public static EvaluationResult of(
      String suite,
      double temperature,
      List<Integer> ks,
      List<ProblemOutcome> outcomes,
      double seconds,
      long seed) {
    int samples = outcomes.isEmpty() ? 0 : outcomes.get(0).samples().size();
    for (ProblemOutcome outcome : outcomes) {
      if (outcome.samples().size() != samples) {
        throw new IllegalArgumentException(
            "problem "
                + outcome.promptId()
                + " has "
                + outcome.samples().size()
                + " answers, others "
                + samples);
      }
    }
    Map<String, Estimate> accuracy = new LinkedHashMap<>();
    for (int k : ks) {
      accuracy.put(
          "pass@" + k,
          estimate(outcomes, seed, o -> PassAtK.estimate(o.samples().size(), o.correct(), k)));
    }
    if (samples > 1) {
      accuracy.put(
          "avg@" + samples,
          estimate(outcomes, seed, o -> (double) o.correct() / o.samples().size()));
    }
    for (int k : ks) {
      if (k > 1) {
        accuracy.put(
            "maj@" + k, estimate(outcomes, seed, o -> MajorityAtK.estimate(o.samples(), k)));
      }
    }
    List<SampleOutcome> all = new ArrayList<>();
    Map<Long, Double> scores = new TreeMap<>();
    for (ProblemOutcome outcome : outcomes) {
      all.addAll(outcome.samples());
      scores.put(outcome.promptId(), (double) outcome.correct() / samples);
    }
    return new EvaluationResult(
        suite,
        outcomes.size(),
        samples,
        temperature,
        accuracy,
        mean(all, SampleOutcome::length),
        mean(all, sample -> sample.clipped() ? 1 : 0),
        mean(all, sample -> sample.extracted() != null ? 1 : 0),
        seconds,
        scores);
  }

  private static Estimate estimate(
      List<ProblemOutcome> outcomes, long seed, ToDoubleFunction<ProblemOutcome> score) {
    return Bootstrap.mean(outcomes.stream().mapToDouble(score).toArray(), seed);
  }

  private static double mean(List<SampleOutcome> samples, ToDoubleFunction<SampleOutcome> value) {
    return samples.stream().mapToDouble(value).average().orElse(Double.NaN);
  }

  /** The numbers for {@code metrics.jsonl}: {@code eval/SUITE/pass@1} and so on. */
  public Map<String, Double> metrics() {
    Map<String, Double> metrics = new LinkedHashMap<>();
    String prefix = "eval/" + suite + "/";
    accuracy.forEach((name, estimate) -> metrics.put(prefix + name, estimate.value()));
    metrics.put(prefix + "completions/mean_length", meanLength);
    metrics.put(prefix + "completions/clipped_ratio", clippedRatio);
    metrics.put(prefix + "extracted_ratio", extractedRatio);
    return metrics;
  }

  /**
   * How much better another policy did on the problems both answered.
   *
   * @param before the policy compared with
   * @param seed of the bootstrap
   */
  public Estimate gainOver(EvaluationResult before, long seed) {
    List<Long> both = scores.keySet().stream().filter(before.scores::containsKey).toList();
    return Bootstrap.gain(
        both.stream().mapToDouble(before.scores::get).toArray(),
        both.stream().mapToDouble(scores::get).toArray(),
        seed);
  }
}
