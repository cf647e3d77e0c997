package dev.hone.pipeline.programs;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.hone.rewards.code.CodeReport;
import dev.hone.rewards.code.CodeVerdict;
import dev.hone.rewards.code.TestReport;
import dev.hone.sandbox.Execution;
import dev.hone.sandbox.Limit;
import java.util.List;

/**
 * What became of one program of a folder.
 *
 * @param exitCode null where it did not exit by itself
 * @param signal the signal that ended it, 0 for none
 * @param limit the limit that ended it, null for none
 * @param survivors processes left when all was over
 * @param leftovers files left when all was over
 */
@JsonPropertyOrder({
  "file",
  "verdict",
  "exit_code",
  "signal",
  "cpu_s",
  "wall_s",
  "memory_mb",
  "limit",
  "survivors",
  "leftovers",
  "killed",
  "reason",
  "isolation"
})
public record ProgramResult(
    String file,
    CodeVerdict verdict,
    @JsonProperty("exit_code") Integer exitCode,
    int signal,
    @JsonProperty("cpu_s") double cpuSeconds,
    @JsonProperty("wall_s") double wallSeconds,
    @JsonProperty("memory_mb") double memoryMegabytes,
    String limit,
    int survivors,
    int leftovers,
    int killed,
    String reason,
    String isolation) {

  static ProgramResult of(String file, CodeReport report) {
    TestReport deciding = report.deciding();
    Execution execution = deciding.execution();
    List<Execution> all = report.tests().stream().map(TestReport::execution).toList();
    return new ProgramResult(
        file,
        report.verdict(),
        execution.exitCode() < 0 ? null : execution.exitCode(),
        execution.signal(),
        all.stream().mapToDouble(run -> run.cpu().toNanos() / 1e9).max().orElse(0),
        all.stream().mapToDouble(run -> run.wall().toNanos() / 1e9).max().orElse(0),
        all.stream().mapToDouble(run -> run.memoryBytes() / 1e6).max().orElse(0),
        execution.limit().map(Limit::toString).orElse(null),
        all.stream().mapToInt(Execution::survivors).sum(),
        all.stream().mapToInt(Execution::leftovers).sum(),
        all.stream().mapToInt(Execution::killed).sum(),
        deciding.reason(),
        execution.isolation().toString());
  }

  /** A program that nothing here can run so: {@code why} says what would help. */
  static ProgramResult notRun(String file, CodeVerdict verdict, String why) {
    return new ProgramResult(file, verdict, null, 0, 0, 0, 0, null, 0, 0, 0, why, "not run");
  }

  /** Whether the verdict is among those that are right. */
  boolean isAmong(List<String> mustVerdict) {
    return mustVerdict == null || mustVerdict.isEmpty() || mustVerdict.contains(verdict.name());
  }
}
