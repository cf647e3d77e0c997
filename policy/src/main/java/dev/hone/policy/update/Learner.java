package dev.hone.policy.update;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.InvalidInput;
import dev.hone.policy.loss.BatchTotals;
import dev.hone.policy.loss.LossMetrics;
import dev.hone.policy.loss.PolicyLoss;
import dev.hone.policy.loss.PolicySequence;
import dev.hone.policy.loss.SequenceLoss;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.optimizer.AdamW;
import dev.hone.policy.tensor.Parameter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The policy updater: a model, its optimizer state and the schedule. A batch of experience becomes
 * {@code num_iterations * mini_batches} optimizer steps ({@link #update}), a batch of
 * demonstrations one ({@link #fit}). What comes out depends on the weights, the state and the batch
 * alone.
 */
public final class Learner implements AutoCloseable {

  private static final String OPTIMIZER_FILE = "optimizer.safetensors";
  private static final String COUNTERS_FILE = "learner.json";

  private final DecoderModel model;
  private final UpdateSettings settings;
  private final PolicyLoss policyLoss;
  private final AdamW optimizer;
  private long tokensSeen;

  /**
   * A learner at the beginning of its schedule.
   *
   * @param model trainable; its weights are changed in place, and it is not closed by the learner
   */
  public Learner(DecoderModel model, UpdateSettings settings) {
    if (settings.optimizer().lrSchedulerType().needsTotalSteps() && settings.totalSteps() == 0) {
      throw new IllegalArgumentException(
          "lr_scheduler_type "
              + settings.optimizer().lrSchedulerType()
              + " needs to know how many optimizer steps there will be (totalSteps)");
    }
    this.model = model;
    this.settings = settings;
    this.policyLoss = new PolicyLoss(settings.loss());
    this.optimizer = new AdamW(model.ops(), model.parameters(), settings.optimizer());
  }

  /** Optimizer steps taken so far. */
  public int steps() {
    return optimizer.steps();
  }

  /**
   * Moves the policy by a batch of answers. The old policy's log-probabilities are the trainer's
   * own, taken before the first step; where there is only one step they are those of that step, and
   * cost no pass of their own.
   *
   * @param batch with advantages; with several mini-batches, cut into consecutive parts
   * @param reference the policy to stay close to, needed where beta is not 0; becomes a copy of the
   *     policy every {@code ref_model_sync_steps}
   * @throws NonFiniteUpdateException where a loss or gradient is not finite; the step it names and
   *     those after it were not taken
   */
  public UpdateMetrics update(List<TrainingSequence> batch, Optional<DecoderModel> reference) {
    if (batch.isEmpty()) {
      throw new IllegalArgumentException("There is nothing to learn from: the batch is empty");
    }
    double[][] old = new double[batch.size()][];
    if (settings.numIterations() * settings.miniBatches() > 1) {
      old = logProbs(model, batch);
    }
    double[][] ref = null;
    if (settings.loss().beta() != 0) {
      ref =
          logProbs(
              reference.orElseThrow(
                  () -> new IllegalArgumentException("beta is not 0, but there is no reference")),
              batch);
    }
    List<List<Integer>> miniBatches = miniBatches(batch.size());
    double generationTokens =
        batch.stream().mapToInt(TrainingSequence::learnedTokens).sum()
            / (double) miniBatches.size();
    int stepsBefore = steps();
    List<Map<String, Double>> steps = new ArrayList<>();
    for (int iteration = 0; iteration < settings.numIterations(); iteration++) {
      for (List<Integer> indices : miniBatches) {
        BatchTotals totals = totals(batch, indices, generationTokens);
        steps.add(step(batch, indices, policyObjective(batch, old, ref, totals), temperature()));
      }
    }
    LossMetrics agreement = new LossMetrics();
    SamplerAgreement.measure(batch, old, agreement);
    syncReference(reference, stepsBefore);
    return metrics(batch, steps, agreement.values());
  }

  /**
   * Moves the policy towards a batch of demonstrations: one optimizer step on the mean negative
   * log-likelihood of all completion tokens of the batch, at temperature 1.
   *
   * @throws NonFiniteUpdateException where the loss or gradient is not finite; no step was taken
   */
  public UpdateMetrics fit(List<SupervisedSequence> batch) {
    double tokens = batch.stream().mapToInt(s -> s.completionTokens().length).sum();
    if (tokens == 0) {
      throw new IllegalArgumentException("There is nothing to learn from: no completion tokens");
    }
    OptimizerStep.Objective likelihood =
        (sequence, logProbs, entropies, metrics) -> {
          double loss = -Arrays.stream(logProbs).sum() / tokens;
          double[] byLogProbs = new double[logProbs.length];
          Arrays.fill(byLogProbs, -1 / tokens);
          metrics.sum("loss", loss);
          metrics.mean("entropy", Arrays.stream(entropies).sum(), entropies.length);
          return new SequenceLoss(loss, byLogProbs, new double[logProbs.length]);
        };
    List<Integer> all = IntStream.range(0, batch.size()).boxed().toList();
    return metrics(batch, List.of(step(batch, all, likelihood, 1)), Map.of());
  }

  /**
   * Writes optimizer state and counters into {@code directory}, flushed to the disk. The weights
   * are the checkpoint's.
   */
  public void saveState(Path directory) throws IOException {
    Files.createDirectories(directory);
    optimizer.save(directory.resolve(OPTIMIZER_FILE));
    byte[] json =
        new ObjectMapper()
            .writerWithDefaultPrettyPrinter()
            .writeValueAsBytes(Map.of("num_tokens", tokensSeen));
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve(COUNTERS_FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(json);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  /**
   * Goes on from what {@link #saveState} wrote, bit for bit.
   *
   * @throws InvalidInput where it is not whole, or of another model
   */
  public void restoreState(Path directory) {
    Path file = directory.resolve(COUNTERS_FILE);
    JsonNode tokens;
    try {
      tokens = new ObjectMapper().readTree(Files.readAllBytes(file)).path("num_tokens");
    } catch (JsonProcessingException e) {
      throw new InvalidInput(file + " is not JSON: the checkpoint is not whole.", e);
    } catch (IOException e) {
      throw new InvalidInput(file + " cannot be read: the checkpoint is not whole.", e);
    }
    if (!tokens.isIntegralNumber()) {
      throw new InvalidInput(file + " has no num_tokens: the checkpoint is not whole.");
    }
    optimizer.restore(directory.resolve(OPTIMIZER_FILE));
    tokensSeen = tokens.asLong();
  }

  /** Frees the optimizer state; the model stays open. */
  @Override
  public void close() {
    optimizer.close();
  }

  private double temperature() {
    return settings.temperature();
  }

  private Map<String, Double> step(
      List<? extends TokenSequence> batch,
      List<Integer> indices,
      OptimizerStep.Objective objective,
      double temperature) {
    double rate =
        settings
            .optimizer()
            .lrSchedulerType()
            .rate(settings.optimizer(), steps(), settings.totalSteps());
    return new OptimizerStep(model, settings, temperature)
        .take(batch, indices, objective, optimizer, rate)
        .values();
  }

  private OptimizerStep.Objective policyObjective(
      List<TrainingSequence> batch, double[][] old, double[][] ref, BatchTotals totals) {
    return (index, logProbs, entropies, metrics) -> {
      TrainingSequence sequence = batch.get(index);
      if (old[index] == null) {
        old[index] = logProbs;
      }
      boolean[] mask = mask(sequence);
      return policyLoss.evaluate(
          new PolicySequence(
              logProbs,
              old[index],
              ref == null ? null : ref[index],
              doubles(sequence.samplingLogProbs()),
              entropies,
              mask,
              sequence.advantage()),
          totals,
          metrics);
    };
  }

  private BatchTotals totals(
      List<TrainingSequence> batch, List<Integer> indices, double generationTokens) {
    List<TrainingSequence> step = indices.stream().map(batch::get).toList();
    double tokens = step.stream().mapToInt(TrainingSequence::learnedTokens).sum();
    BatchTotals totals = BatchTotals.of(step.size(), tokens, generationTokens);
    double share = settings.loss().topEntropyQuantile();
    return share >= 1
        ? totals
        : totals.keepingTopEntropy(
            share,
            scorer(model).score(step).stream().map(SequenceScorer.Scores::entropies).toList(),
            step.stream().map(Learner::mask).toList());
  }

  /** Consecutive parts whose sizes differ by one at most. */
  private List<List<Integer>> miniBatches(int sequences) {
    int parts = Math.min(settings.miniBatches(), sequences);
    List<List<Integer>> miniBatches = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      int from = (int) ((long) sequences * i / parts);
      int to = (int) ((long) sequences * (i + 1) / parts);
      miniBatches.add(IntStream.range(from, to).boxed().toList());
    }
    return miniBatches;
  }

  private SequenceScorer scorer(DecoderModel scored) {
    return new SequenceScorer(scored, temperature(), settings.microBatchTokens());
  }

  /**
   * Mini-batch by mini-batch, so that every forward pass is one that the update will make again:
   * with equal arithmetic the first ratio is exactly 1.
   */
  private double[][] logProbs(DecoderModel scored, List<TrainingSequence> batch) {
    List<double[]> logProbs = new ArrayList<>();
    for (List<Integer> indices : miniBatches(batch.size())) {
      scorer(scored)
          .score(indices.stream().map(batch::get).toList())
          .forEach(scores -> logProbs.add(scores.logProbs()));
    }
    return logProbs.toArray(double[][]::new);
  }

  private void syncReference(Optional<DecoderModel> reference, int stepsBefore) {
    int every = settings.refModelSyncSteps();
    if (every == 0 || reference.isEmpty() || steps() / every == stepsBefore / every) {
      return;
    }
    List<Parameter> from = model.parameters();
    List<Parameter> to = reference.get().parameters();
    for (int i = 0; i < from.size(); i++) {
      to.get(i).assign(from.get(i).value().toFloats());
    }
  }

  private UpdateMetrics metrics(
      List<? extends TokenSequence> batch,
      List<Map<String, Double>> steps,
      Map<String, Double> once) {
    tokensSeen += batch.stream().mapToLong(TokenSequence::length).sum();
    Map<String, Double> values = new LinkedHashMap<>();
    for (Map<String, Double> step : steps) {
      step.forEach((name, value) -> values.merge(name, value / steps.size(), Double::sum));
    }
    values.putAll(once);
    values.put("lr", steps.get(steps.size() - 1).get("lr"));
    values.put("num_tokens", (double) tokensSeen);
    return new UpdateMetrics(values, steps);
  }

  private static boolean[] mask(TrainingSequence sequence) {
    boolean[] mask = new boolean[sequence.completionTokens().length];
    for (int t = 0; t < mask.length; t++) {
      mask[t] = sequence.learns(t);
    }
    return mask;
  }

  private static double[] doubles(float[] values) {
    return values == null
        ? null
        : IntStream.range(0, values.length).mapToDouble(t -> values[t]).toArray();
  }
}
