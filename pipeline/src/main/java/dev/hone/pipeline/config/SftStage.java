package dev.hone.pipeline.config;

import dev.hone.policy.update.UpdateSettings;
import java.util.Optional;
import java.util.OptionalInt;

/** Supervised training on written answers: the loss is the mean over the completions' tokens. */
@Kind(value = "sft", doc = "Supervised training on written answers")
public record SftStage(
    @Setting(doc = "Name in checkpoints and metrics; the type unless given") Optional<String> name,
    @Setting(doc = "Prompts and completions to learn from") DatasetSection dataset,
    @Setting(value = "64", min = 1, doc = "Examples of one update") int batchSize,
    @Setting(doc = "Updates in all; num_train_epochs counts unless given", min = 1)
        OptionalInt maxSteps,
    @Setting(value = "1.0", above = 0, doc = "Passes over the dataset") double numTrainEpochs,
    @Setting(value = "8192", min = 1, doc = "Tokens computed at a time; bounds memory, not results")
        int microBatchTokens,
    @Setting(
            value = "false",
            doc = "Keep only each layer's input for gradients: less memory, a third more work")
        boolean gradientCheckpointing,
    @Flat RouterSection router,
    @Flat(defaults = "learning_rate=2e-5") OptimizerSection optimizer,
    @Flat CheckpointSection checkpoints)
    implements Stage {

  /**
   * Updates of the whole stage.
   *
   * @param batchesAnEpoch full batches that one pass over the dataset gives
   */
  public int steps(int batchesAnEpoch) {
    return maxSteps.orElseGet(() -> Math.max(1, (int) Math.round(numTrainEpochs * batchesAnEpoch)));
  }

  /**
   * The same for the updater.
   *
   * @param totalSteps updates of the whole stage, over which the learning rate runs its course
   */
  public UpdateSettings updateSettings(int totalSteps) {
    return UpdateSettings.builder()
        .optimizer(optimizer.settings())
        .totalSteps(totalSteps)
        .microBatchTokens(microBatchTokens)
        .gradientCheckpointing(gradientCheckpointing)
        .routerAuxLossCoef(router.routerAuxLossCoef())
        .routerBalance(router.routerBalance())
        .expertBiasUpdateSpeed(router.expertBiasUpdateSpeed())
        .build();
  }
}
