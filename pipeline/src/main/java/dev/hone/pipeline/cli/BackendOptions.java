package dev.hone.pipeline.cli;

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
      names = "--threads",
      defaultValue = "0",
      paramLabel = "N",
      description = "Threads; 0 is every core.")
  private int threads;

  String name() {
    return name;
  }

  int threads() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }
}
