package dev.hone.policy.memory;

import dev.hone.policy.loss.PolicyLossSettings;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.ModelConfig;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.optimizer.LrSchedulerType;
import dev.hone.policy.optimizer.OptimizerSettings;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.ComputeDtype;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.update.Learner;
import dev.hone.policy.update.TrainingSequence;
import dev.hone.policy.update.UpdateSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Updates that are really made, and the memory they were found to take. */
final class MeasuredUpdate {

  private MeasuredUpdate() {}

  static UpdateSettings settings(boolean checkpointing, double beta) {
    return UpdateSettings.builder()
        .microBatchTokens(2048)
        .gradientCheckpointing(checkpointing)
        .loss(PolicyLossSettings.builder().beta(beta).build())
        .optimizer(
            OptimizerSettings.builder()
                .learningRate(1e-4)
                .lrSchedulerType(LrSchedulerType.CONSTANT)
                .build())
        .build();
  }

  /** What the backend holds after an update by sequences of each of these lengths in turn. */
  static long held(
      Backends.Choice backend,
      ModelConfig config,
      UpdateSettings settings,
      int sequences,
      int promptTokens,
      int... completionTokens) {
    try (Ops ops = backend.open(2);
        DecoderModel model = DecoderModel.initialize(config, 1, ops);
        DecoderModel reference = reference(config, settings, ops);
        Learner learner = new Learner(model, settings)) {
      for (int length : completionTokens) {
        for (int step = 0; step < 2; step++) {
          learner.update(
              sequences(config, sequences, promptTokens, length), Optional.ofNullable(reference));
        }
      }
      return ops.memoryUse().orElseThrow().held();
    }
  }

  private static DecoderModel reference(ModelConfig config, UpdateSettings settings, Ops ops) {
    return settings.loss().beta() == 0
        ? null
        : DecoderModel.initialize(config, 2, ops, Purpose.INFERENCE);
  }

  private static List<TrainingSequence> sequences(
      ModelConfig config, int count, int promptTokens, int completionTokens) {
    Random random = new Random(5);
    List<TrainingSequence> sequences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sequences.add(
          new TrainingSequence(
              random.ints(promptTokens, 0, config.vocabularySize()).toArray(),
              random.ints(completionTokens, 0, config.vocabularySize()).toArray(),
              null,
              i % 2 == 0 ? 1 : -1,
              null,
              null));
    }
    return sequences;
  }

  /**
   * Prints by how many bytes this process grew outside the heap, which is there from the start.
   *
   * @param arguments the model, the number of sequences, tokens of their prompts and completions
   */
  public static void main(String[] arguments) throws IOException {
    Backends.Choice backend = Backends.choose("auto", ComputeDtype.AUTO);
    UpdateSettings settings = settings(false, 0);
    ModelConfig config = PlannedModel.valueOf(arguments[0]).config();
    held(backend, config, settings, 4, 3, 5); // classes, compiled code, threads
    long before = anonymous();
    try (Ops ops = backend.open(2);
        DecoderModel model = DecoderModel.initialize(config, 1, ops);
        Learner learner = new Learner(model, settings)) {
      for (int step = 0; step < 2; step++) {
        learner.update(
            sequences(
                config,
                Integer.parseInt(arguments[1]),
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3])),
            Optional.empty());
      }
      System.out.println(anonymous() - before);
    }
  }

  private static long anonymous() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("RssAnon:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
