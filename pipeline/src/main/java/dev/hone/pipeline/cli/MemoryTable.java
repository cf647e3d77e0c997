package dev.hone.pipeline.cli;

import dev.hone.pipeline.config.Experiment;
import dev.hone.pipeline.spark.SparkEngine;
import dev.hone.pipeline.train.ExperimentMemory;
import dev.hone.pipeline.train.MemoryForecast;
import dev.hone.pipeline.train.PhysicalMemory;
import dev.hone.policy.InvalidInput;
import dev.hone.policy.tensor.Backends;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The memory of an experiment, part by part, as {@code hone inspect --memory} shows it. */
final class MemoryTable {

  private final Experiment experiment;
  private final boolean local;

  MemoryTable(Experiment experiment) {
    this.experiment = experiment;
    this.local = experiment.spark().master().startsWith("local");
  }

  /**
   * The lines.
   *
   * @throws InvalidInput where the experiment's backend does not count its memory
   */
  List<String> lines() {
    Backends.Choice backend = Backends.choose(experiment.backend(), experiment.dtype());
    MemoryForecast forecast = forecast(backend);
    List<String> lines = new ArrayList<>();
    lines.add(
        "experiment "
            + experiment.name()
            + " on %s in %s, peaks in MB".formatted(backend.backend().name(), backend.precision()));
    forecast.updates().forEach(part -> add(lines, part));
    forecast.rollouts().forEach(part -> add(lines, part));
    lines.add("");
    if (local) {
      lines.add(row("learner and rollouts, one process", forecast.bytes()));
    } else {
      lines.add(row("learner, outside its heap", forecast.update().need().bytes()));
      forecast
          .rollout()
          .ifPresent(
              part -> lines.add(row("each executor, outside its heap", part.need().bytes())));
    }
    lines.add("");
    lines.add(row("Java heap, at most (-Xmx)", Runtime.getRuntime().maxMemory()));
    lines.add(
        local
            ? "Spark                                lies in that heap"
            : "Spark                                spark.executor.memory: "
                + experiment.spark().conf().getOrDefault("spark.executor.memory", "1g"));
    lines.add(row("this machine", PhysicalMemory.bytes()));
    forecast
        .warning(Runtime.getRuntime().maxMemory(), PhysicalMemory.bytes())
        .ifPresent(lines::add);
    return lines;
  }

  private MemoryForecast forecast(Backends.Choice backend) {
    try (SparkEngine engine =
        new SparkEngine("hone inspect", experiment.spark().master(), experiment.spark().conf())) {
      return ExperimentMemory.forecast(experiment, backend, engine.parquetRows())
          .orElseThrow(
              () ->
                  new InvalidInput(
                      backend.outline().isPresent()
                          ? "stages: there is nothing to train, so nothing to predict"
                          : "backend: '%s' does not count its memory, so nothing can be predicted; use native-cpu"
                              .formatted(backend.backend().name())));
    }
  }

  private static void add(List<String> lines, MemoryForecast.Part part) {
    lines.add("");
    lines.add(row(part.work(), part.need().bytes()));
    part.need()
        .parts()
        .forEach(
            (name, bytes) -> {
              if (bytes > 0) {
                lines.add(row("  " + name.label(), bytes));
              }
            });
  }

  private static String row(String name, long bytes) {
    return String.format(Locale.ROOT, "%-36s %,10.1f", name, bytes / 0x1p20);
  }
}
