package dev.hone.pipeline.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.pipeline.evaluation.Evaluation;
import dev.hone.pipeline.evaluation.SampleAnswer;
import dev.hone.pipeline.report.ReportData.ReportStage;
import dev.hone.pipeline.report.ReportData.RunState;
import dev.hone.pipeline.run.MetricsRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlReportTest {

  private static final Pattern EMBEDDED =
      Pattern.compile(
          "<script id=\"data\" type=\"application/json\">(.*?)</script>", Pattern.DOTALL);

  @Test
  void theReportIsOneFileThatRefersToNothingOutside() throws IOException {
    Path file = Path.of("target", "report-example.html");
    HtmlReport.write(file, ExampleRun.finished());
    String page = Files.readString(file);
    assertThat(page).doesNotContain("http:").doesNotContain("https:").doesNotContain("@import");
    assertThat(page).doesNotContainPattern("(?:src|href)=\"(?!data:|#|\\$)");
    assertThat(page).doesNotContain("/*STYLE*/").doesNotContain("/*SCRIPT*/");
    assertThat(page).contains("default-src 'none'");
    assertThat(page.length()).isLessThan(400_000);
  }

  @Test
  void theHeadlineNamesThePolicyBeforeTrainingAndAtTheEndOfEachStage() throws IOException {
    JsonNode milestones = embedded(ExampleRun.finished()).at("/suites/0/milestones");
    assertThat(milestones.findValuesAsText("label"))
        .containsExactly("before training", "after sft", "after grpo");
    assertThat(milestones.at("/2/value/0").doubleValue()).isBetween(0.77, 0.85);
    assertThat(milestones.at("/2/gain/1").doubleValue()).isPositive();
  }

  @Test
  void curvesKeepTheirMeanHoweverManyStepsThereAre() throws IOException {
    ReportData data = ExampleRun.finished();
    JsonNode loss = embedded(data).at("/stages/0/columns/loss");
    assertThat(loss.size()).isEqualTo(600);
    double drawn = 0;
    for (JsonNode value : loss) {
      drawn += value.doubleValue() / loss.size();
    }
    double logged =
        data.rows().stream()
            .filter(row -> row.stage().equals("sft"))
            .mapToDouble(row -> row.metrics().get("loss"))
            .average()
            .orElseThrow();
    assertThat(drawn).isCloseTo(logged, org.assertj.core.data.Percentage.withPercentage(1));
  }

  @Test
  void whatAModelWroteIsNeverMarkup() throws IOException {
    String attack =
        "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> /*DATA*/ \u2028";
    Evaluation evil =
        new Evaluation(
            "sft",
            0,
            0,
            ExampleRun.evaluation("sft", 0, 0.5, 3).results(),
            List.of(new SampleAnswer("test", 0, attack, attack, attack, null, false, 3, false)));
    ReportData data = ExampleRun.data(List.of(), List.of(evil), RunState.RUNNING);
    assertThat(HtmlReport.page(data)).doesNotContain("alert(1)</script>").doesNotContain("<img");
    JsonNode shown = embedded(data).at("/answers/0");
    assertThat(shown.path("prompt").textValue()).isEqualTo(attack);
    assertThat(shown.at("/given/0/answer").textValue()).isEqualTo(attack);
  }

  @Test
  void aRunWithoutAStepHasAReport() throws IOException {
    JsonNode data = embedded(ExampleRun.data(List.of(), List.of(), RunState.FAILED));
    assertThat(data.path("state").textValue()).isEqualTo("failed");
    assertThat(data.at("/stages/1/done").longValue()).isZero();
    assertThat(data.path("suites")).isEmpty();
  }

  @Test
  void aNumberThatIsNotOneIsAGapInItsCurve() throws IOException {
    MetricsRow row =
        new MetricsRow(
            "sft", 1, 1, Map.of("loss", Double.NaN, "grad_norm", Double.POSITIVE_INFINITY));
    JsonNode columns =
        embedded(ExampleRun.data(List.of(row), List.of(), RunState.INTERRUPTED))
            .at("/stages/0/columns");
    assertThat(columns.at("/loss/0").isNull()).isTrue();
    assertThat(columns.at("/grad_norm/0").isNull()).isTrue();
  }

  @Test
  void anUnfinishedStageSaysHowFarItCame() throws IOException {
    Evaluation middle = ExampleRun.evaluation("sft", 800, 0.35, 7);
    JsonNode data = embedded(ExampleRun.data(List.of(), List.of(middle), RunState.RUNNING));
    assertThat(data.at("/suites/0/milestones/0/label").textValue()).isEqualTo("sft, step 800");
  }

  @Test
  void aStageOfUnknownLengthIsOverWhenTheNextBegins() throws IOException {
    ReportData whole = ExampleRun.finished();
    ReportData running =
        new ReportData(
            whole.name(),
            RunState.RUNNING,
            List.of(new ReportStage("sft", "sft", 0), new ReportStage("grpo", "grpo", 200)),
            whole.rows(),
            whole.evaluations(),
            "",
            whole.config(),
            whole.machine(),
            whole.badRows(),
            whole.files());
    assertThat(embedded(running).at("/suites/0/milestones").findValuesAsText("label"))
        .containsExactly("before training", "after sft", "grpo, step 100");
  }

  private static JsonNode embedded(ReportData data) throws IOException {
    Matcher matcher = EMBEDDED.matcher(HtmlReport.page(data));
    assertThat(matcher.find()).isTrue();
    return new ObjectMapper().readTree(matcher.group(1));
  }
}
