package dev.hone.rewards.code;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.rewards.code.CodeProblem.Stdio;
import dev.hone.rewards.code.CodeProblem.StdioCase;
import dev.hone.sandbox.Execution;
import dev.hone.sandbox.Language;
import dev.hone.sandbox.Limits;
import dev.hone.sandbox.Sandbox;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Programs that attack, and honest ones beside them, each with the verdicts that are right for it:
 * {@code programs/index.jsonl}, which {@code hone sandbox run} reads too.
 */
class ProgramsTest {

  private static final long MEBIBYTE = 1 << 20;

  /** A few of each kind, in a few seconds; the whole folder takes minutes. */
  private static final List<String> QUICK =
      List.of(
          "fork_bomb.py",
          "daemon_ignores_signals.py",
          "stops_itself.py",
          "stops_its_group.py",
          "memory_in_many_processes.py",
          "inode_flood.py",
          "output_flood.py",
          "finds_expected_in_memory.py",
          "forges_a_verdict.py",
          "sysctls.py",
          "oom_score.py",
          "includes_devices_c.c",
          "call_forges.py",
          "call_exit_handler.py",
          "call_java_forges.java",
          "honest_multiprocessing.py",
          "honest_large_output.py",
          "honest_deep_recursion_js.js",
          "honest_records_java.java");

  private static Sandbox sandbox;

  @BeforeAll
  static void needsIsolation() {
    sandbox = Judges.sandbox();
  }

  @Test
  void someOfEachKindGetTheirVerdict() throws Exception {
    List<JsonNode> programs =
        index().stream().filter(line -> QUICK.contains(line.get("file").asText())).toList();
    assertThat(programs).hasSameSizeAs(QUICK);
    judge(programs);
  }

  @Test
  @Tag("slow")
  void allGetTheirVerdictAndLeaveNothing() throws Exception {
    List<JsonNode> programs = index();
    assertThat(programs.stream().filter(line -> !isHonest(line)))
        .as("hostile programs")
        .hasSizeGreaterThan(100);
    judge(programs);
  }

  private static boolean isHonest(JsonNode line) {
    return line.get("file").asText().startsWith("honest");
  }

  private static void judge(List<JsonNode> programs) throws Exception {
    Limits standard = Limits.standard();
    // A machine that is slow to hand out pages must not stop a program for its time beforehand.
    Limits patient = standard.withTime(Duration.ofSeconds(15), Duration.ofSeconds(30));
    List<String> wrong = new ArrayList<>();
    for (JsonNode line : programs) {
      String file = line.get("file").asText();
      List<String> must = new ArrayList<>();
      line.get("must_verdict").forEach(verdict -> must.add(verdict.asText()));
      Limits limits = must.equals(List.of("MLE")) ? patient : standard;
      long before = usedMemory();
      CodeReport report =
          new CodeVerifier(sandbox, limits, 0, /* stopEarly= */ true)
              .verify(
                  Language.named(line.get("language").asText()).orElseThrow(),
                  source(file),
                  problem(line));
      if (!must.contains(report.verdict().name())) {
        wrong.add(file + ": " + report.reason() + "; must be " + must);
      }
      for (TestReport test : report.tests()) {
        Execution execution = test.execution();
        assertThat(execution.survivors()).as(file + ": survivors").isZero();
        assertThat(execution.leftovers()).as(file + ": leftovers").isZero();
        assertThat(execution.isolation().isolated()).isTrue();
        assertThat((long) execution.stdout().length)
            .as(file + ": output is cut")
            .isLessThanOrEqualTo(Limits.standard().outputBytes());
      }
      assertThat(usedMemory() - before)
          .as(file + ": what the harness holds on to, in bytes")
          .isLessThan(40 * MEBIBYTE);
    }
    assertThat(wrong).isEmpty();
  }

  private static long usedMemory() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static CodeProblem problem(JsonNode line) throws Exception {
    if (line.get("mode").asText().equals("assert")) {
      return ProblemReader.read((Map<?, ?>) Json.read(line.toString()));
    }
    return new Stdio(
        List.of(
            new StdioCase(
                line.get("stdin").asText(), line.get("expected_stdout_if_honest").asText())));
  }

  private static List<JsonNode> index() throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<JsonNode> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(resource("index.jsonl"), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(json.readTree(line));
      }
    }
    return lines;
  }

  private static String source(String file) throws IOException {
    try (InputStream in = resource(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream resource(String file) {
    return ProgramsTest.class.getResourceAsStream("programs/" + file);
  }
}
