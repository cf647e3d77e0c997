package dev.hone.pipeline.config;

/** DAPO's dynamic sampling. */
public record DynamicSamplingSection(
    @Setting(value = "false", doc = "Whether groups without signal are replaced") boolean enabled,
    @Setting(value = "3", min = 1, doc = "Rounds of drawing at most in one step") int maxRounds) {}
