package dev.hone.pipeline.config;

import dev.hone.policy.generation.SamplingSettings;
import java.util.List;

/** How the policy is sampled. */
public record SamplingSection(
    @Setting(value = "1.0", min = 0, doc = "Sampling temperature; 0 takes the likeliest token")
        double temperature,
    @Setting(
            value = "1.0",
            above = 0,
            max = 1,
            doc = "Sample from the likeliest tokens that hold this much")
        double topP,
    @Setting(value = "0", min = 0, doc = "Sample from this many of the likeliest tokens; 0 is all")
        int topK,
    @Setting(
            value = "0.0",
            min = 0,
            max = 1,
            doc = "Drop tokens less likely than this share of the likeliest")
        double minP,
    @Setting(value = "1.0", above = 0, doc = "Above 1, tokens already seen become less likely")
        double repetitionPenalty,
    @Setting(value = "512", min = 1, doc = "Most tokens of an answer") int maxCompletionLength,
    @Setting(doc = "Texts that end an answer, besides the end-of-sequence token")
        List<String> stop) {

  /** The same for the generator. */
  public SamplingSettings settings() {
    return new SamplingSettings(
        temperature, topP, topK, minP, repetitionPenalty, maxCompletionLength, stop);
  }
}
