package dev.hone.pipeline.cli;

import dev.hone.policy.InvalidInput;
import dev.hone.policy.generation.SamplingSettings;
import java.util.List;
import picocli.CommandLine.Option;

/** How a command samples. */
final class SamplingOptions {

  @Option(
      names = "--temperature",
      defaultValue = "0",
      paramLabel = "T",
      description =
          "Sampling temperature; 0 takes the likeliest token (default: ${DEFAULT-VALUE}).")
  private double temperature;

  @Option(
      names = "--top-p",
      defaultValue = "1",
      paramLabel = "P",
      description = "Sample from the likeliest tokens that hold this much.")
  private double topP;

  @Option(
      names = "--top-k",
      defaultValue = "0",
      paramLabel = "K",
      description = "Sample from this many of the likeliest tokens; 0 is all.")
  private int topK;

  @Option(
      names = "--min-p",
      defaultValue = "0",
      paramLabel = "P",
      description = "Drop tokens less likely than this share of the likeliest.")
  private double minP;

  @Option(
      names = "--repetition-penalty",
      defaultValue = "1",
      paramLabel = "X",
      description = "Above 1, tokens already seen become less likely.")
  private double repetitionPenalty;

  @Option(
      names = {"--max-new-tokens", "--max-completion-length"},
      defaultValue = "512",
      paramLabel = "N",
      description = "Most tokens of a completion (default: ${DEFAULT-VALUE}).")
  private int maxNewTokens;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "A text that ends a completion; may be given several times.")
  private List<String> stop = List.of();

  SamplingSettings settings() {
    try {
      return new SamplingSettings(
          temperature, topP, topK, minP, repetitionPenalty, maxNewTokens, stop);
    } catch (IllegalArgumentException impossible) {
      throw new InvalidInput("sampling: " + impossible.getMessage(), impossible);
    }
  }
}
