package dev.hone.pipeline.cli;

import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.ComputeDtype;
import picocli.CommandLine.Option;

/** Who computes. */
final class BackendOptions {

  @Option(
      names = "--backend",
      defaultValue = "auto",
      paramLabel = "NAME",
      description = "Who computes; auto takes the fastest that loads.")
  private String name;

  @Option(
      names = "--dtype",
      defaultValue = "auto",
      paramLabel = "NAME",
      description =
          "What products compute in, fp32 or bf16; auto takes bf16 where it is the faster.")
  private ComputeDtype dtype;

  @Option(
      names = "--threads",
      defaultValue = "0",
      paramLabel = "N",
      description = "Threads; 0 is every core.")
  private int threads;

  /** The backend asked for. */
  Backends.Choice choose() {
    return Backends.choose(name, dtype);
  }

  int threads() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }
}
