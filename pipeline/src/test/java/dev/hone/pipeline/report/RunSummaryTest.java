package dev.hone.pipeline.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.pipeline.report.ReportData.RunState;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunSummaryTest {

  @Test
  void saysBeforeAndAfterAndWhereEverythingLies() {
    List<String> lines = RunSummary.lines(ExampleRun.finished());
    assertThat(lines.get(0))
        .isEqualTo("quickstart: sft 1600 steps in 2 min, grpo 100 steps in 2 min");
    assertThat(lines).anyMatch(line -> line.matches(" +before training +0\\.00. \\[.*"));
    assertThat(lines)
        .anyMatch(
            line ->
                line.matches(
                    " +after grpo +0\\.8.. \\[0\\..*\\] +20\\.0 tokens an answer +\\+0\\.3.*"));
    assertThat(lines).anyMatch(line -> line.endsWith("runs/quickstart/checkpoints/best"));
    assertThat(lines).allMatch(line -> line.length() <= 100);
  }

  @Test
  void aRunThatDidNothingStillSaysWhereItLies() {
    List<String> lines =
        RunSummary.lines(ExampleRun.data(List.of(), List.of(), RunState.INTERRUPTED));
    assertThat(lines.get(0)).isEqualTo("quickstart: no step done");
    assertThat(lines).anyMatch(line -> line.endsWith("runs/quickstart"));
  }
}
