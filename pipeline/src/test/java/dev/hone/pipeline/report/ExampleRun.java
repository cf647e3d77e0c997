package dev.hone.pipeline.report;

import dev.hone.pipeline.evaluation.Evaluation;
import dev.hone.pipeline.evaluation.EvaluationResult;
import dev.hone.pipeline.evaluation.ProblemOutcome;
import dev.hone.pipeline.evaluation.SampleAnswer;
import dev.hone.pipeline.evaluation.SampleOutcome;
import dev.hone.pipeline.report.ReportData.BadRow;
import dev.hone.pipeline.report.ReportData.ReportStage;
import dev.hone.pipeline.report.ReportData.RunState;
import dev.hone.pipeline.run.MetricsRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A made-up run of the shape that the quickstart has. */
final class ExampleRun {

  static final int SFT_STEPS = 1600;
  static final int GRPO_STEPS = 100;
  private static final double START = 1.7e9;
  private static final int PROBLEMS = 600;

  private ExampleRun() {}

  static ReportData finished() {
    List<MetricsRow> rows = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(7);
    for (int step = 1; step <= SFT_STEPS; step++) {
      rows.add(sft(step, random));
    }
    for (int step = 1; step <= GRPO_STEPS; step++) {
      rows.add(grpo(step, random));
    }
    List<Evaluation> evaluations = new ArrayList<>();
    evaluations.add(evaluation("sft", 0, 0.003, 31));
    evaluations.add(evaluation("sft", 800, 0.352, 7.4));
    evaluations.add(evaluation("sft", 1600, 0.477, 6.2));
    for (int step = 20; step <= GRPO_STEPS; step += 20) {
      evaluations.add(
          evaluation(
              "grpo",
              step,
              0.81 - 0.33 * Math.exp(-step / 14.0),
              20.3 - 14 * Math.exp(-step / 8.0)));
    }
    return data(rows, evaluations, RunState.FINISHED);
  }

  static ReportData data(List<MetricsRow> rows, List<Evaluation> evaluations, RunState state) {
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put("backend", "djl (PyTorch 2.7.1, CPU)");
    machine.put("processor", "Example CPU @ 2.6 GHz, 2 cores");
    machine.put("memory", "8 GiB, heap 2 GiB");
    machine.put("Java", "17.0.12");
    machine.put("Spark", "4.2.0, local[*]");
    Map<String, String> files = new LinkedHashMap<>();
    files.put("run", "runs/quickstart");
    files.put("best checkpoint", "runs/quickstart/checkpoints/best");
    files.put("metrics", "runs/quickstart/metrics.jsonl");
    files.put("TensorBoard", "runs/quickstart/tensorboard");
    return new ReportData(
        "quickstart",
        state,
        List.of(
            new ReportStage("sft", "sft", SFT_STEPS), new ReportStage("grpo", "grpo", GRPO_STEPS)),
        rows,
        evaluations,
        "eval/test/pass@1",
        "name: quickstart\nseed: 0\nstages:\n  - type: sft\n    max_steps: 1600\n  - type: grpo\n    max_steps: 100\n",
        machine,
        List.of(new BadRow("sft", "train.jsonl:17", "no column answer")),
        files);
  }

  private static MetricsRow sft(int step, SplittableRandom random) {
    Map<String, Double> m = new LinkedHashMap<>();
    m.put("loss", 0.42 + 2.6 * Math.exp(-step / 180.0) + 0.06 * random.nextDouble(-1, 1));
    m.put("grad_norm", (0.5 + 4 * Math.exp(-step / 60.0)) * random.nextDouble(0.6, 1.5));
    m.put(
        "lr",
        2e-3 * Math.min(step / 30.0, 0.1 + 0.45 * (1 + Math.cos(Math.PI * step / SFT_STEPS))));
    m.put("num_tokens", 900.0 * step);
    m.put("perf/tokens_per_second", 11_000 * random.nextDouble(0.9, 1.05));
    m.put("step_time", 0.085 * random.nextDouble(0.9, 1.2));
    return new MetricsRow("sft", step, START + 0.09 * step, m);
  }

  private static MetricsRow grpo(int step, SplittableRandom random) {
    Map<String, Double> m = new LinkedHashMap<>();
    double reward = 0.76 - 0.38 * Math.exp(-step / 18.0) + 0.03 * random.nextDouble(-1, 1);
    double length = 20.5 - 13 * Math.exp(-step / 9.0) + random.nextDouble(-0.6, 0.6);
    m.put("reward", reward);
    m.put("reward_std", Math.sqrt(reward * (1 - reward)));
    m.put("frac_reward_zero_std", 0.35 + 0.2 * step / GRPO_STEPS + 0.05 * random.nextDouble(-1, 1));
    m.put("rewards/accuracy/mean", reward);
    m.put("rewards/accuracy/std", Math.sqrt(reward * (1 - reward)));
    m.put("rewards/format/mean", Math.min(1, reward + 0.2));
    m.put("completions/mean_length", length);
    m.put("completions/min_length", 2.0 + random.nextInt(3));
    m.put("completions/max_length", 37.0);
    m.put("completions/clipped_ratio", 0.03 * random.nextDouble());
    m.put("entropy", 0.5 * Math.exp(-step / 30.0) + 0.12 + 0.02 * random.nextDouble());
    m.put("kl", step % 33 == 0 ? Double.NaN : 0.0004 * step);
    m.put("policy_loss", 0.01 * random.nextDouble(-1, 1));
    m.put("clip_ratio/low_mean", 0.001 * random.nextDouble());
    m.put("clip_ratio/high_mean", 0.002 * random.nextDouble());
    m.put("grad_norm", random.nextDouble(0.2, 0.5) + (step == 40 ? 30 : 0));
    m.put("lr", 1e-4 * Math.min(1, step / 5.0));
    m.put("step_time", 1.1 * random.nextDouble(0.9, 1.2));
    m.put("timing_s/rollout", 0.62 * random.nextDouble(0.9, 1.2));
    m.put("timing_s/reward", 0.02 * random.nextDouble(0.9, 1.2));
    m.put("timing_s/update", 0.41 * random.nextDouble(0.9, 1.2));
    m.put("perf/tokens_per_second", 9_000 * random.nextDouble(0.9, 1.1));
    m.put("generation/decode_overhead", 1.04);
    return new MetricsRow("grpo", step, START + 160 + 1.2 * step, m);
  }

  static Evaluation evaluation(String stage, int step, double accuracy, double length) {
    List<ProblemOutcome> outcomes = new ArrayList<>();
    for (int problem = 0; problem < PROBLEMS; problem++) {
      // A problem has the same difficulty in every evaluation.
      boolean correct = new SplittableRandom(problem).nextDouble() < accuracy;
      outcomes.add(
          new ProblemOutcome(
              problem,
              List.of(
                  new SampleOutcome(
                      correct, correct ? "8" : "9", (int) Math.round(length), false))));
    }
    List<SampleAnswer> answers = new ArrayList<>();
    String[] prompts = {"392*4=", "6214+87-5=", "48/2="};
    String[] references = {"1568", "6296", "24"};
    for (int i = 0; i < prompts.length; i++) {
      boolean right = accuracy > 0.3 + 0.2 * i;
      String working = accuracy > 0.5 ? "2*4=8,9*4=36,3*4+3=15" : "";
      answers.add(
          new SampleAnswer(
              "test",
              i,
              prompts[i],
              references[i],
              step == 0 ? ";>8r/3r##" : working + "#" + (right ? references[i] : "77"),
              right ? references[i] : "77",
              right,
              working.length() + 6,
              step == 0));
    }
    return new Evaluation(
        stage,
        step,
        START + step,
        List.of(EvaluationResult.of("test", 0, List.of(1), outcomes, 3, 0)),
        answers);
  }
}
