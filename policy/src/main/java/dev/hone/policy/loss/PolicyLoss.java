package dev.hone.policy.loss;

import static dev.hone.policy.loss.ImportanceSamplingLevel.SEQUENCE;

/**
 * The loss of an answer under {@link PolicyLossSettings} and its gradient in closed form:
 *
 * <pre>
 *   L = sum_t c_t (w_t l(rho_t, log pi_t, A) + beta KL_t) - entropy_coef * mean entropy
 * </pre>
 *
 * with rho = exp(log pi - log pi_old) of the token or its sequence, l the {@link Surrogate}, w the
 * {@link RolloutCorrection}, c the {@link Aggregation}. With d log rho_t / d log pi_t = 1 for a
 * token's own ratio and 1 / n for a sequence of n tokens, the chain rule does the rest.
 */
public final class PolicyLoss {

  private static final double VESPO_LOG_RATIO_BOUND = 20;

  private final PolicyLossSettings settings;
  private final RolloutCorrection correction;
  private final ClippedSurrogate clip;

  public PolicyLoss(PolicyLossSettings settings) {
    this.settings = settings;
    this.correction =
        new RolloutCorrection(
            settings.importanceSamplingCorrection(),
            settings.importanceSamplingMin(),
            settings.importanceSamplingMax());
    this.clip =
        new ClippedSurrogate(
            settings.epsilon(),
            settings.epsilonHigh().orElse(settings.epsilon()),
            settings.delta().orElse(Double.POSITIVE_INFINITY),
            settings.dualClip().orElse(Double.POSITIVE_INFINITY));
  }

  /**
   * One answer's share of the loss of its batch.
   *
   * @param totals of the whole batch
   * @param metrics what the answer adds to the batch's metrics
   */
  public SequenceLoss evaluate(PolicySequence sequence, BatchTotals totals, LossMetrics metrics) {
    int length = sequence.mask().length;
    int tokens = sequence.tokens();
    double[] logRatios = logRatios(sequence);
    double[] ratios = ratios(logRatios, tokens);
    double[] corrections =
        settings.lossType() == LossType.VESPO ? null : correction.weights(sequence);
    Surrogate surrogate = surrogate(sequence, logRatios);
    double kept = offPolicy(sequence, tokens) ? 0 : 1;
    double weight =
        Aggregation.tokenWeight(
            settings.lossType(), tokens, totals, settings.maxCompletionLength());

    double loss = emptySequenceLoss(tokens, surrogate, sequence.advantage(), totals);
    double[] byLogProbs = new double[length];
    double[] byLogRatios = new double[length];
    double[] byEntropies = new double[length];
    double entropyWeight = settings.entropyCoef() / Math.max(totals.entropyTokens(), 1);
    double klSum = 0;
    double entropySum = 0;
    double entropyBonus = 0;
    for (int t = 0; t < length; t++) {
      if (!sequence.mask()[t]) {
        continue;
      }
      boolean forked = sequence.entropies()[t] >= totals.entropyThreshold();
      double factor = forked ? kept * (corrections == null ? 1 : corrections[t]) : 0;
      double value = 0;
      double byRatio = 0;
      double byLogProb = 0;
      if (factor != 0) {
        TokenLoss policy = surrogate.at(ratios[t], sequence.logProbs()[t], sequence.advantage());
        value = factor * policy.value();
        byRatio = factor * policy.byRatio();
        byLogProb = factor * policy.byLogProb();
      }
      if (settings.beta() != 0) {
        TokenLoss kl = klPenalty(sequence.refLogProbs()[t] - sequence.logProbs()[t], ratios[t]);
        value += settings.beta() * kl.value();
        byRatio += settings.beta() * kl.byRatio();
        byLogProb += settings.beta() * kl.byLogProb();
        klSum += kl.value();
      }
      loss += weight * value;
      byLogProbs[t] = weight * byLogProb;
      byLogRatios[t] = weight * byRatio * ratios[t];
      entropySum += sequence.entropies()[t];
      if (forked && settings.entropyCoef() != 0) {
        entropyBonus += entropyWeight * sequence.entropies()[t];
        byEntropies[t] = -entropyWeight;
      }
    }
    throughRatios(byLogProbs, byLogRatios, sequence.mask(), tokens);

    metrics.sum("loss", loss - entropyBonus);
    metrics.sum("policy_loss", loss);
    if (settings.beta() != 0) {
      metrics.mean("kl", klSum, tokens);
    }
    metrics.mean("entropy", entropySum, tokens);
    clipMetrics(sequence, ratios, tokens, surrogate, metrics);
    correctionMetrics(sequence, metrics);
    return new SequenceLoss(loss - entropyBonus, byLogProbs, byEntropies);
  }

  /** Whether the tokens of an answer share one ratio. */
  private boolean sharedRatio() {
    return settings.importanceSamplingLevel() == SEQUENCE || settings.lossType() == LossType.RLOO;
  }

  private static double[] logRatios(PolicySequence sequence) {
    double[] logRatios = new double[sequence.mask().length];
    for (int t = 0; t < logRatios.length; t++) {
      if (sequence.mask()[t]) {
        logRatios[t] = sequence.logProbs()[t] - sequence.oldLogProbs()[t];
      }
    }
    return logRatios;
  }

  /** {@code [completion]}: each token's ratio, or its sequence's. */
  private double[] ratios(double[] logRatios, int tokens) {
    double[] ratios = new double[logRatios.length];
    double shared = sharedRatio() ? Math.exp(sum(logRatios) * ratioShare(tokens)) : 0;
    for (int t = 0; t < ratios.length; t++) {
      ratios[t] = sharedRatio() ? shared : Math.exp(logRatios[t]);
    }
    return ratios;
  }

  /**
   * d log rho / d log pi_t of a shared ratio: RLOO multiplies the tokens' ratios, GSPO averages.
   */
  private double ratioShare(int tokens) {
    return settings.lossType() == LossType.RLOO ? 1 : 1.0 / Math.max(tokens, 1);
  }

  private Surrogate surrogate(PolicySequence sequence, double[] logRatios) {
    return switch (settings.lossType()) {
      case CISPO -> new Cispo(settings.epsilonHigh().orElse(settings.epsilon()));
      case SAPO -> new Sapo(settings.sapoTemperaturePos(), settings.sapoTemperatureNeg());
      case VESPO -> {
        double logWeight = correction.logWeight(sequence);
        for (double logRatio : logRatios) {
          logWeight += Math.max(-VESPO_LOG_RATIO_BOUND, Math.min(VESPO_LOG_RATIO_BOUND, logRatio));
        }
        yield sequence.advantage() >= 0
            ? Vespo.of(logWeight, settings.vespoKPos(), settings.vespoLambdaPos())
            : Vespo.of(logWeight, settings.vespoKNeg(), settings.vespoLambdaNeg());
      }
      case GRPO, BNPO, DR_GRPO, DAPO, LUSPO, RLOO -> clip;
    };
  }

  /** DeepSeek-V3.2, 2025: bad answers that the policy has drifted from teach nothing. */
  private boolean offPolicy(PolicySequence sequence, int tokens) {
    if (settings.offPolicyMaskThreshold().isEmpty() || sequence.advantage() >= 0) {
      return false;
    }
    boolean sampled =
        settings.importanceSamplingCorrection() != ImportanceSamplingCorrection.NONE
            && sequence.samplingLogProbs() != null;
    double[] behaviour = sampled ? sequence.samplingLogProbs() : sequence.oldLogProbs();
    double drift = 0;
    for (int t = 0; t < sequence.mask().length; t++) {
      drift += sequence.mask()[t] ? behaviour[t] - sequence.logProbs()[t] : 0;
    }
    return drift / Math.max(tokens, 1) > settings.offPolicyMaskThreshold().getAsDouble();
  }

  private TokenLoss klPenalty(double d, double ratio) {
    double value = settings.klEstimator().value(d);
    double byLogProb = -settings.klEstimator().derivative(d);
    return settings.useBiasCorrectionKl()
        ? new TokenLoss(value * ratio, value, byLogProb * ratio)
        : new TokenLoss(value, 0, byLogProb);
  }

  /** TRL's RLOO counts an answer none of whose tokens is learned, at ratio 1; nothing flows. */
  private double emptySequenceLoss(
      int tokens, Surrogate surrogate, double advantage, BatchTotals totals) {
    return tokens == 0 && settings.lossType() == LossType.RLOO
        ? surrogate.at(1, 0, advantage).value() / totals.sequences()
        : 0;
  }

  private void throughRatios(
      double[] byLogProbs, double[] byLogRatios, boolean[] mask, int tokens) {
    double shared = sharedRatio() ? sum(byLogRatios) * ratioShare(tokens) : 0;
    for (int t = 0; t < mask.length; t++) {
      if (mask[t]) {
        byLogProbs[t] += sharedRatio() ? shared : byLogRatios[t];
      }
    }
  }

  private void clipMetrics(
      PolicySequence sequence,
      double[] ratios,
      int tokens,
      Surrogate surrogate,
      LossMetrics metrics) {
    if (surrogate instanceof Vespo vespo) {
      metrics.mean("vespo/phi_seq_mean", vespo.phi(), 1);
      return;
    }
    if (surrogate instanceof Sapo) {
      return;
    }
    int low = 0;
    int high = 0;
    double cap = surrogate instanceof Cispo cispo ? cispo.high() : 0;
    for (int t = 0; t < ratios.length; t++) {
      if (!sequence.mask()[t]) {
        continue;
      }
      if (surrogate instanceof Cispo) {
        high += ratios[t] > cap && sequence.advantage() > 0 ? 1 : 0;
      } else {
        low += clip.clipsLow(ratios[t], sequence.advantage()) ? 1 : 0;
        high += clip.clipsHigh(ratios[t], sequence.advantage()) ? 1 : 0;
      }
    }
    double lowShare = low / (double) Math.max(tokens, 1);
    double highShare = high / (double) Math.max(tokens, 1);
    // A shared ratio is clipped once a sequence, whatever its length; a token's once a token.
    double weight = sharedRatio() ? 1 : tokens;
    if (surrogate instanceof Cispo) {
      metrics.mean("cispo_clip_ratio", highShare * weight, weight);
      return;
    }
    metrics.mean("clip_ratio/low_mean", lowShare * weight, weight);
    metrics.mean("clip_ratio/high_mean", highShare * weight, weight);
    metrics.mean("clip_ratio/region_mean", (lowShare + highShare) * weight, weight);
    if (tokens > 0) {
      metrics.min("clip_ratio/low_min", lowShare);
      metrics.max("clip_ratio/high_max", highShare);
    }
  }

  private void correctionMetrics(PolicySequence sequence, LossMetrics metrics) {
    if (settings.importanceSamplingCorrection() == ImportanceSamplingCorrection.NONE
        || sequence.samplingLogProbs() == null) {
      return;
    }
    double[] weights = correction.weights(sequence);
    for (int t = 0; t < weights.length; t++) {
      if (sequence.mask()[t]) {
        metrics.mean("sampling/importance_sampling_ratio/mean", weights[t], 1);
        metrics.min("sampling/importance_sampling_ratio/min", weights[t]);
        metrics.max("sampling/importance_sampling_ratio/max", weights[t]);
      }
    }
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
