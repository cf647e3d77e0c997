package dev.hone.pipeline.train;

import dev.hone.pipeline.config.Experiment;
import dev.hone.pipeline.config.GrpoStage;
import dev.hone.pipeline.config.Stage;
import dev.hone.pipeline.data.BadRows;
import dev.hone.pipeline.report.HtmlReport;
import dev.hone.pipeline.report.ReportData;
import dev.hone.pipeline.run.RunDirectory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps {@code report.html} of a run up to date. */
final class RunReport {

  private final Experiment experiment;
  private final String config;
  private final RunDirectory run;
  private final Map<String, String> machine;
  private final List<ReportData.BadRow> badRows;

  RunReport(
      Experiment experiment,
      String config,
      RunDirectory run,
      String backend,
      Map<String, BadRows> badRows) {
    this.experiment = experiment;
    this.config = config;
    this.run = run;
    this.machine = machine(backend);
    this.badRows = new ArrayList<>();
    badRows.forEach(
        (dataset, rows) ->
            rows.rows()
                .forEach(
                    row ->
                        this.badRows.add(
                            new ReportData.BadRow(dataset, row.place(), row.reason()))));
  }

  private static Map<String, String> machine(String backend) {
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put("backend", backend);
    machine.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    machine.put(
        "java", System.getProperty("java.vendor") + " " + System.getProperty("java.version"));
    machine.put(
        "system",
        String.join(
            " ",
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch")));
    return machine;
  }

  /** Writes the report as the run stands; what it shows. Of two writers the later one waits. */
  synchronized ReportData write(ReportData.RunState state) {
    ReportData data =
        ReportData.of(
            run,
            state,
            experiment.stages().stream().map(RunReport::stage).toList(),
            experiment.bestMetric(),
            config,
            machine,
            badRows);
    HtmlReport.write(run.report(), data);
    return data;
  }

  private static ReportData.ReportStage stage(Stage stage) {
    long steps = stage instanceof GrpoStage grpo ? grpo.maxSteps() : 0;
    return new ReportData.ReportStage(stage.label(), stage.type(), steps);
  }
}
