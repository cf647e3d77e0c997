package dev.hone.pipeline.report;

import dev.hone.pipeline.evaluation.Estimate;
import dev.hone.pipeline.evaluation.EvaluationResult;
import dev.hone.pipeline.report.ReportData.ReportStage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What the end of a run says in the terminal: before, after, where everything lies. */
public final class RunSummary {

  private RunSummary() {}

  /**
   * The summary, line by line, at most about 100 columns wide (paths apart).
   *
   * @param data the run
   */
  public static List<String> lines(ReportData data) {
    List<String> lines = new ArrayList<>();
    lines.add(data.name() + ": " + stages(data));
    List<Milestone> milestones = Milestone.of(data);
    Map<String, String> measures = new LinkedHashMap<>();
    for (Milestone milestone : milestones) {
      for (EvaluationResult result : milestone.evaluation().results()) {
        measures.putIfAbsent(result.suite(), Milestone.measure(data.bestMetric(), result));
      }
    }
    measures.forEach((suite, measure) -> addSuite(lines, suite, measure, milestones));
    if (!data.badRows().isEmpty()) {
      lines.add("");
      lines.add(
          data.badRows().size() + " rows of the data could not be used; the report names them");
    }
    lines.add("");
    int width = data.files().keySet().stream().mapToInt(String::length).max().orElse(0);
    data.files().forEach((label, path) -> lines.add("  " + pad(label, width) + "  " + path));
    return lines;
  }

  private static String stages(ReportData data) {
    List<String> parts = new ArrayList<>();
    for (ReportStage stage : data.stages()) {
      StageColumns columns = StageColumns.of(stage.name(), data.rows());
      if (columns.steps() > 0) {
        parts.add(
            String.format(
                Locale.ROOT,
                "%s %d step%s in %s",
                stage.name(),
                columns.steps(),
                columns.steps() == 1 ? "" : "s",
                duration(columns.seconds())));
      }
    }
    return parts.isEmpty() ? "no step done" : String.join(", ", parts);
  }

  private static void addSuite(
      List<String> lines, String suite, String measure, List<Milestone> milestones) {
    int width = milestones.stream().mapToInt(m -> m.label().length()).max().orElse(0);
    boolean titled = false;
    EvaluationResult before = null;
    for (Milestone milestone : milestones) {
      Optional<EvaluationResult> found = milestone.on(suite);
      if (found.isEmpty()) {
        continue;
      }
      EvaluationResult result = found.get();
      if (!titled) {
        lines.add("");
        lines.add(
            String.format(
                Locale.ROOT,
                "  %s, %s on %d problems [95 %% interval]",
                suite,
                measure,
                result.problems()));
        titled = true;
      }
      StringBuilder line =
          new StringBuilder("    ")
              .append(pad(milestone.label(), width))
              .append("  ")
              .append(Milestone.estimate(result, measure))
              .append(String.format(Locale.ROOT, "  %5.1f tokens an answer", result.meanLength()));
      if (before != null) {
        Estimate gain = result.gainOver(before, 0);
        line.append(String.format(Locale.ROOT, "  %+.3f", gain.value()));
        if (gain.low() <= 0 && gain.high() >= 0) {
          line.append(" (within chance)");
        }
      }
      lines.add(line.toString());
      before = result;
    }
  }

  private static String duration(double seconds) {
    if (seconds < 90) {
      return String.format(Locale.ROOT, "%.0f s", seconds);
    }
    long minutes = Math.round(seconds / 60);
    return minutes < 90 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
