package dev.hone.pipeline.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hone.pipeline.evaluation.Estimate;
import dev.hone.pipeline.evaluation.Evaluation;
import dev.hone.pipeline.evaluation.EvaluationResult;
import dev.hone.pipeline.evaluation.SampleAnswer;
import dev.hone.pipeline.report.ReportData.BadRow;
import dev.hone.pipeline.report.ReportData.ReportStage;
import dev.hone.pipeline.run.AtomicDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * {@code report.html}: one file that opens without a network. The page is fixed (HTML, style and
 * script from this package's resources); what it shows is JSON inside it, which the script puts in
 * place as text, so nothing that a model wrote is ever markup.
 */
public final class HtmlReport {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int ANSWERS_SHOWN = 12;
  private static final int BAD_ROWS_SHOWN = 50;

  private HtmlReport() {}

  /**
   * Writes the report, in place of the one that is there.
   *
   * @param file {@code report.html}
   * @param data what to show
   */
  public static void write(Path file, ReportData data) {
    AtomicDirectory.publishFile(file, page(data));
  }

  static String page(ReportData data) {
    // The data goes in last: it may contain anything, the other parts' marks too.
    return resource("report.html")
        .replace("/*STYLE*/", resource("report.css"))
        .replace("/*SCRIPT*/", resource("chart.js") + resource("report.js"))
        .replace("/*DATA*/", embedded(json(data)));
  }

  /** JSON that cannot end the script element it stands in. */
  static String embedded(ObjectNode json) {
    try {
      return JSON.writeValueAsString(json)
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .replace("&", "\\u0026")
          .replace("\u2028", "\\u2028")
          .replace("\u2029", "\\u2029");
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode json(ReportData data) {
    ObjectNode root = JSON.createObjectNode();
    root.put("name", data.name());
    root.put("state", data.state().name().toLowerCase(Locale.ROOT));
    root.put("written", System.currentTimeMillis());
    root.put("began", data.rows().isEmpty() ? null : data.rows().get(0).time() * 1e3);
    ArrayNode stages = root.putArray("stages");
    for (ReportStage stage : data.stages()) {
      StageColumns columns = StageColumns.of(stage.name(), data.rows());
      stages
          .addObject()
          .put("name", stage.name())
          .put("type", stage.type())
          .put("steps", stage.steps())
          .put("done", columns.steps())
          .put("seconds", columns.seconds())
          .set("columns", columns.toJson());
    }
    List<Milestone> milestones = Milestone.of(data);
    root.set("suites", suites(data, milestones));
    root.set("answers", answers(milestones));
    root.put("config", data.config());
    root.set("machine", JSON.valueToTree(data.machine()));
    root.set("files", JSON.valueToTree(data.files()));
    root.put("bad_rows", data.badRows().size());
    ArrayNode bad = root.putArray("bad_rows_shown");
    for (BadRow row : data.badRows().subList(0, Math.min(BAD_ROWS_SHOWN, data.badRows().size()))) {
      bad.addObject()
          .put("dataset", row.dataset())
          .put("row", row.row())
          .put("reason", row.reason());
    }
    return root;
  }

  private static ArrayNode suites(ReportData data, List<Milestone> milestones) {
    ArrayNode suites = JSON.createArrayNode();
    data.evaluations().stream()
        .flatMap(evaluation -> evaluation.results().stream())
        .map(EvaluationResult::suite)
        .distinct()
        .forEach(name -> suites.add(suite(name, data, milestones)));
    return suites;
  }

  private static ObjectNode suite(String name, ReportData data, List<Milestone> milestones) {
    ObjectNode suite = JSON.createObjectNode();
    suite.put("name", name);
    ArrayNode curve = suite.putArray("curve");
    String measure = null;
    for (Evaluation evaluation : data.evaluations()) {
      for (EvaluationResult result : evaluation.results()) {
        if (!result.suite().equals(name)) {
          continue;
        }
        if (measure == null) {
          measure = Milestone.measure(data.bestMetric(), result);
        }
        ObjectNode point = curve.addObject();
        point.put("stage", evaluation.stage()).put("step", evaluation.step());
        StageColumns.number(point.putArray("length"), result.meanLength());
        point.set("value", interval(Milestone.estimate(result, measure)));
      }
    }
    suite.put("measure", measure);
    ArrayNode named = suite.putArray("milestones");
    EvaluationResult before = null;
    for (Milestone milestone : milestones) {
      Optional<EvaluationResult> found = milestone.on(name);
      if (found.isEmpty()) {
        continue;
      }
      EvaluationResult result = found.get();
      ObjectNode node = named.addObject();
      node.put("label", milestone.label())
          .put("problems", result.problems())
          .put("samples", result.samples())
          .put("temperature", result.temperature());
      node.set("value", interval(Milestone.estimate(result, measure)));
      ObjectNode all = node.putObject("all");
      result.accuracy().forEach((key, estimate) -> all.set(key, interval(estimate)));
      ArrayNode other = node.putArray("other");
      StageColumns.number(other, result.meanLength());
      StageColumns.number(other, result.clippedRatio());
      StageColumns.number(other, result.extractedRatio());
      if (before != null) {
        node.set("gain", interval(result.gainOver(before, 0)));
      }
      before = result;
    }
    return suite;
  }

  private static ArrayNode interval(Estimate estimate) {
    ArrayNode array = JSON.createArrayNode();
    StageColumns.number(array, estimate.value());
    StageColumns.number(array, estimate.low());
    StageColumns.number(array, estimate.high());
    return array;
  }

  /** The first milestone's prompts, and what each milestone answered to them. */
  private static ArrayNode answers(List<Milestone> milestones) {
    ArrayNode prompts = JSON.createArrayNode();
    if (milestones.isEmpty()) {
      return prompts;
    }
    List<SampleAnswer> first = milestones.get(0).evaluation().answers();
    for (SampleAnswer asked : first.subList(0, Math.min(ANSWERS_SHOWN, first.size()))) {
      ObjectNode prompt = prompts.addObject();
      prompt
          .put("suite", asked.suite())
          .put("prompt", asked.prompt())
          .put("reference", asked.reference());
      ArrayNode given = prompt.putArray("given");
      for (Milestone milestone : milestones) {
        milestone.evaluation().answers().stream()
            .filter(a -> a.suite().equals(asked.suite()) && a.promptId() == asked.promptId())
            .findFirst()
            .ifPresent(
                a ->
                    given
                        .addObject()
                        .put("label", milestone.label())
                        .put("answer", a.answer())
                        .put("correct", a.correct())
                        .put("length", a.length())
                        .put("clipped", a.clipped()));
      }
    }
    return prompts;
  }
}
