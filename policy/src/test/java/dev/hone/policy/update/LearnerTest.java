package dev.hone.policy.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hone.policy.InvalidInput;
import dev.hone.policy.loss.LossType;
import dev.hone.policy.loss.PolicyLossSettings;
import dev.hone.policy.loss.RouterBalance;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.ModelConfig;
import dev.hone.policy.optimizer.LrSchedulerType;
import dev.hone.policy.optimizer.OptimizerSettings;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Parameter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnerTest {

  private static final int VOCABULARY = 23;
  private static Ops ops;

  @TempDir Path directory;

  @BeforeAll
  static void openBackend() {
    ops = Backends.select("auto").open(1);
  }

  @AfterAll
  static void closeBackend() {
    ops.close();
  }

  @Test
  void theCutIntoMicroBatchesChangesNothingButRounding() {
    for (LossType type : LossType.values()) {
      for (RouterBalance balance : RouterBalance.values()) {
        PolicyLossSettings loss =
            PolicyLossSettings.builder()
                .lossType(type)
                .beta(0.1)
                .entropyCoef(0.01)
                .topEntropyQuantile(0.6)
                .build();
        UpdateSettings.Builder settings =
            settings().loss(loss).routerAuxLossCoef(0.1).routerBalance(balance).miniBatches(2);
        float[] whole = afterUpdate(settings.microBatchTokens(10_000).build());
        float[] alone = afterUpdate(settings.microBatchTokens(1).build());
        double worst = 0;
        for (int i = 0; i < whole.length; i++) {
          worst = Math.max(worst, Math.abs(whole[i] - alone[i]));
        }
        assertThat(worst).as("%s, balance by %s", type, balance).isLessThan(2e-6);
      }
    }
  }

  @Test
  void theSameUpdateGivesTheSameBits() {
    UpdateSettings settings = settings().numIterations(2).microBatchTokens(40).build();
    assertThat(afterUpdate(settings)).isEqualTo(afterUpdate(settings));
  }

  @Test
  void restoredStateGoesOnBitForBit() throws IOException {
    UpdateSettings settings = settings().totalSteps(9).build();
    try (DecoderModel model = model();
        Learner learner = new Learner(model, settings);
        DecoderModel copy = model();
        Learner restored = new Learner(copy, settings)) {
      learner.update(batch(1), Optional.empty());
      learner.fit(demonstrations());
      learner.saveState(directory);
      for (int i = 0; i < model.parameters().size(); i++) {
        copy.parameters().get(i).assign(model.parameters().get(i).value().toFloats());
      }
      UpdateMetrics expected = learner.update(batch(2), Optional.empty());

      restored.restoreState(directory);

      assertThat(restored.steps()).isEqualTo(2);
      assertThat(restored.update(batch(2), Optional.empty())).isEqualTo(expected);
      assertThat(weights(copy)).isEqualTo(weights(model));
    }
  }

  @Test
  void aTornStateIsRefusedInOneLine() throws IOException {
    try (DecoderModel model = model();
        Learner learner = new Learner(model, settings().build())) {
      assertThatThrownBy(() -> learner.restoreState(directory))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("learner.json");
      learner.saveState(directory);
      Path optimizer = directory.resolve("optimizer.safetensors");
      Files.write(optimizer, Arrays.copyOf(Files.readAllBytes(optimizer), 5000));
      assertThatThrownBy(() -> learner.restoreState(directory))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("optimizer.safetensors");
    }
  }

  @Test
  void aLossThatIsNotFiniteStopsBeforeAnyParameterChanges() {
    stopsAt(Double.POSITIVE_INFINITY, "loss");
  }

  @Test
  void aGradientThatIsNotFiniteStopsBeforeAnyParameterChanges() {
    stopsAt(1e300, "gradient"); // a finite loss whose gradient no fp32 can hold
  }

  private static void stopsAt(double advantage, String what) {
    try (DecoderModel model = model();
        Learner learner = new Learner(model, settings().microBatchTokens(40).build())) {
      float[] before = weights(model);
      List<TrainingSequence> batch = new ArrayList<>(batch(1));
      TrainingSequence good = batch.get(3);
      batch.set(
          3,
          new TrainingSequence(
              good.promptTokens(), good.completionTokens(), null, advantage, null, null));
      assertThatThrownBy(() -> learner.update(batch, Optional.empty()))
          .isInstanceOfSatisfying(
              NonFiniteUpdateException.class,
              stopped -> {
                assertThat(stopped.step()).isEqualTo(1);
                assertThat(stopped.sequences()).containsExactly(3);
              })
          .hasMessageContaining(what);
      assertThat(weights(model)).isEqualTo(before);
      assertThat(learner.steps()).isZero();

      batch.set(3, good);
      learner.update(batch, Optional.empty());
      try (DecoderModel other = model();
          Learner undisturbed = new Learner(other, settings().microBatchTokens(40).build())) {
        undisturbed.update(batch, Optional.empty());
        assertThat(weights(model)).isEqualTo(weights(other));
      }
    }
  }

  @Test
  void onPolicyRatiosAreExactlyOneAndTheSamplersNumbersAreCompared() {
    try (DecoderModel model = model();
        Learner learner = new Learner(model, settings().miniBatches(2).build())) {
      List<SequenceScorer.Scores> scores = scorer(model).score(batch(1));
      List<TrainingSequence> batch = new ArrayList<>();
      for (int i = 0; i < scores.size(); i++) {
        TrainingSequence s = batch(1).get(i);
        float[] logProbs = new float[s.completionTokens().length];
        float[] sampling = new float[s.completionTokens().length];
        for (int t = 0; t < logProbs.length; t++) {
          logProbs[t] = (float) scores.get(i).logProbs()[t];
          sampling[t] = logProbs[t] + 0.25f;
        }
        batch.add(
            new TrainingSequence(
                s.promptTokens(),
                s.completionTokens(),
                s.mask(),
                s.advantage(),
                logProbs,
                sampling));
      }
      UpdateMetrics metrics = learner.update(batch, Optional.empty());
      assertThat(metrics.value("training/rollout_probs_diff_max")).isLessThan(1e-6);
      assertThat(metrics.value("sampling/sampling_logp_difference/mean"))
          .isCloseTo(0.25, within(1e-5));
      assertThat(metrics.value("sampling/sampling_logp_difference/max"))
          .isCloseTo(0.25, within(1e-5));
      assertThat(metrics.steps()).hasSize(2);
      // At ratio 1 a token's loss is its advantage, negated: only exact ratios give 15 digits.
      double advantages = 0;
      for (int i = 0; i < 4; i++) {
        advantages += batch.get(i).advantage() * batch.get(i).learnedTokens();
      }
      double tokens = batch.stream().mapToInt(TrainingSequence::learnedTokens).sum() / 2.0;
      assertThat(metrics.steps().get(0).get("loss")).isCloseTo(-advantages / tokens, within(1e-14));
      assertThat(metrics.value("num_tokens"))
          .isEqualTo(batch.stream().mapToInt(TrainingSequence::length).sum());
    }
  }

  @Test
  void theReferenceBecomesACopyOfThePolicyWhenItIsDue() {
    PolicyLossSettings loss = PolicyLossSettings.builder().beta(0.1).build();
    try (DecoderModel model = model();
        DecoderModel reference = model();
        Learner learner = new Learner(model, settings().loss(loss).refModelSyncSteps(2).build())) {
      float[] first = weights(reference);
      learner.update(batch(1), Optional.of(reference));
      assertThat(weights(reference)).isEqualTo(first);
      learner.update(batch(2), Optional.of(reference));
      assertThat(weights(reference)).isEqualTo(weights(model)).isNotEqualTo(first);
    }
  }

  @Test
  void correctionBiasesMoveTowardsIdleExpertsOnlyWhereAskedTo() {
    for (double speed : new double[] {0, 0.01}) {
      try (DecoderModel model = model();
          Learner learner = new Learner(model, settings().expertBiasUpdateSpeed(speed).build())) {
        learner.update(batch(1), Optional.empty());
        for (Parameter parameter : model.parameters()) {
          if (parameter.name().endsWith("e_score_correction_bias")) {
            float[] bias = parameter.value().toFloats();
            for (float value : bias) {
              assertThat(Math.abs(value)).isIn(0f, (float) speed);
            }
            assertThat(Arrays.equals(bias, new float[bias.length])).isEqualTo(speed == 0);
          }
        }
      }
    }
  }

  @Test
  void demonstrationsAreLearnedFromTheirCompletionsAlone() {
    try (DecoderModel model = model();
        Learner learner = new Learner(model, settings().microBatchTokens(12).build())) {
      SequenceScorer scorer = new SequenceScorer(model, 1, 1000);
      double tokens = demonstrations().stream().mapToInt(s -> s.completionTokens().length).sum();
      double expected = -Arrays.stream(scorer.sums(demonstrations())).sum() / tokens;
      double first = learner.fit(demonstrations()).value("loss");
      assertThat(first).isCloseTo(expected, within(1e-5));
      double last = first;
      for (int i = 0; i < 30; i++) {
        last = learner.fit(demonstrations()).value("loss");
      }
      assertThat(last).isLessThan(first / 2);
    }
  }

  @Test
  void answersWithNothingToLearnChangeNoGradientButCountInTheMean() {
    try (DecoderModel model = model();
        Learner learner = new Learner(model, settings().build())) {
      List<TrainingSequence> batch = new ArrayList<>(batch(1));
      batch.add(new TrainingSequence(new int[] {1}, new int[0], null, 1, null, null));
      batch.add(
          new TrainingSequence(new int[] {1}, new int[] {5, 6}, new boolean[2], 1, null, null));
      assertThat(learner.update(batch, Optional.empty()).value("loss")).isFinite();
    }
  }

  private static float[] afterUpdate(UpdateSettings settings) {
    try (DecoderModel model = model();
        DecoderModel reference = DecoderModel.initialize(config(), 8, ops);
        Learner learner = new Learner(model, settings)) {
      learner.update(batch(1), Optional.of(reference));
      return weights(model);
    }
  }

  private static UpdateSettings.Builder settings() {
    return UpdateSettings.builder()
        .temperature(0.9)
        .optimizer(
            OptimizerSettings.builder()
                .learningRate(0.01)
                // Keeps rounding in a tiny gradient from becoming a whole step.
                .adamEpsilon(1e-2)
                .lrSchedulerType(LrSchedulerType.CONSTANT)
                .build());
  }

  private static SequenceScorer scorer(DecoderModel model) {
    return new SequenceScorer(model, 0.9, 1000);
  }

  private static List<TrainingSequence> batch(int seed) {
    Random random = new Random(seed);
    List<TrainingSequence> batch = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      boolean[] mask = new boolean[1 + random.nextInt(9)];
      for (int t = 0; t < mask.length; t++) {
        mask[t] = t != 3;
      }
      batch.add(
          new TrainingSequence(
              tokens(random, 1 + random.nextInt(6)),
              tokens(random, mask.length),
              mask,
              random.nextGaussian(),
              null,
              null));
    }
    return batch;
  }

  private static List<SupervisedSequence> demonstrations() {
    Random random = new Random(4);
    List<SupervisedSequence> demonstrations = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      demonstrations.add(new SupervisedSequence(tokens(random, 3 + i), tokens(random, 5)));
    }
    return demonstrations;
  }

  private static int[] tokens(Random random, int count) {
    return random.ints(count, 3, VOCABULARY).toArray();
  }

  private static DecoderModel model() {
    return DecoderModel.initialize(config(), 7, ops);
  }

  private static ModelConfig config() {
    Map<String, Object> keys = new HashMap<>();
    keys.put("model_type", "deepseek_v3");
    keys.put("vocab_size", VOCABULARY);
    keys.put("hidden_size", 16);
    keys.put("intermediate_size", 24);
    keys.put("moe_intermediate_size", 8);
    keys.put("num_hidden_layers", 2);
    keys.put("first_k_dense_replace", 1);
    keys.put("num_attention_heads", 2);
    keys.put("num_key_value_heads", 2);
    keys.put("q_lora_rank", 8);
    keys.put("kv_lora_rank", 8);
    keys.put("qk_nope_head_dim", 4);
    keys.put("qk_rope_head_dim", 4);
    keys.put("v_head_dim", 4);
    keys.put("n_routed_experts", 4);
    keys.put("n_shared_experts", 1);
    keys.put("num_experts_per_tok", 2);
    keys.put("n_group", 1);
    keys.put("topk_group", 1);
    keys.put("norm_topk_prob", true);
    keys.put("routed_scaling_factor", 1.0);
    keys.put("rms_norm_eps", 1e-6);
    keys.put("rope_theta", 10000.0);
    keys.put("max_position_embeddings", 64);
    keys.put("initializer_range", 0.3);
    keys.put("tie_word_embeddings", false);
    return ModelConfig.fromMap(keys);
  }

  private static float[] weights(DecoderModel model) {
    List<float[]> all = new ArrayList<>();
    int size = 0;
    for (Parameter parameter : model.parameters()) {
      all.add(parameter.value().toFloats());
      size += all.get(all.size() - 1).length;
    }
    float[] weights = new float[size];
    int at = 0;
    for (float[] values : all) {
      System.arraycopy(values, 0, weights, at, values.length);
      at += values.length;
    }
    return weights;
  }
}
