package dev.hone.policy.optimizer;

/**
 * Shapes of the learning rate after a linear warm-up, as transformers' {@code get_scheduler}
 * computes them; {@code min_lr_ratio} raises the floor of those that fall. With a warm-up the first
 * step uses rate 0.
 */
public enum LrSchedulerType {
  /** The peak throughout. Unlike transformers' constant, a warm-up is honoured. */
  CONSTANT,
  /** The same, under transformers' name. */
  CONSTANT_WITH_WARMUP,
  /** A straight line to the floor. */
  LINEAR,
  /** Half a cosine to the floor. */
  COSINE,
  /** The same, under transformers' name. */
  COSINE_WITH_MIN_LR,
  /** One cosine, resting at the floor after the end. */
  COSINE_WITH_RESTARTS,
  /** {@code 1 / sqrt} of the step, equal to the peak at the end of the warm-up. */
  INVERSE_SQRT,
  /** The peak, then half a cosine over the last {@code num_decay_steps}. */
  WARMUP_STABLE_DECAY;

  /**
   * The learning rate of one optimizer step.
   *
   * @param settings peak, warm-up and floor
   * @param step optimizer steps taken before, from 0
   * @param totalSteps length of the run
   */
  public double rate(OptimizerSettings settings, long step, long totalSteps) {
    int warmup = settings.warmupSteps();
    if (step < warmup) {
      return settings.learningRate() * step / Math.max(1, warmup);
    }
    double floor = settings.minLrRatio();
    double progress = (step - warmup) / (double) Math.max(1, totalSteps - warmup);
    double factor =
        switch (this) {
          case CONSTANT, CONSTANT_WITH_WARMUP -> 1;
          case LINEAR -> above(floor, Math.max(0, 1 - progress));
          case COSINE, COSINE_WITH_MIN_LR -> above(floor, cosine(progress));
          case COSINE_WITH_RESTARTS -> above(floor, progress >= 1 ? 0 : cosine(progress));
          case INVERSE_SQRT -> inverseSquareRoot(step, warmup);
          case WARMUP_STABLE_DECAY -> {
            double decay = settings.numDecaySteps();
            double into = step - (totalSteps - decay);
            yield into < 0 ? 1 : above(floor, into >= decay ? 0 : cosine(into / decay));
          }
        };
    return settings.learningRate() * factor;
  }

  /** Whether the shape depends on how long the run is. */
  public boolean needsTotalSteps() {
    return this != CONSTANT && this != CONSTANT_WITH_WARMUP && this != INVERSE_SQRT;
  }

  private static double above(double floor, double share) {
    return floor + (1 - floor) * share;
  }

  private static double cosine(double progress) {
    return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
  }

  /** Without a warm-up transformers takes 10000 steps for the time scale. */
  private static double inverseSquareRoot(long step, int warmup) {
    int timescale = warmup > 0 ? warmup : 10_000;
    return 1 / Math.sqrt((step - warmup + timescale) / (double) timescale);
  }
}
