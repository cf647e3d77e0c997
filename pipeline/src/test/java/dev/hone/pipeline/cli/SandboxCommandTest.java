package dev.hone.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxCommandTest {

  private record Outcome(int code, String out, String err) {}

  @TempDir private Path folder;

  @BeforeAll
  static void needsIsolation() {
    if (hone("doctor").code() != 0) {
      System.out.println("skipped: this machine cannot isolate programs; hone doctor says why");
      Assumptions.abort("this machine cannot isolate programs");
    }
  }

  private static Outcome hone(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Hone.run(new PrintWriter(out), new PrintWriter(err), arguments);
    return new Outcome(code, out.toString(), err.toString());
  }

  private void program(String name, String source) throws IOException {
    Files.writeString(folder.resolve(name), source);
  }

  private void index(String... lines) throws IOException {
    Files.write(folder.resolve("index.jsonl"), List.of(lines));
  }

  private Outcome run() {
    return hone("sandbox", "run", folder.toString(), "--out", out().toString());
  }

  private Path out() {
    return folder.resolve("out.jsonl");
  }

  @Test
  void theDoctorSaysWhatIsInForceAndWhichLanguagesRun() {
    Outcome doctor = hone("doctor");
    assertThat(doctor.out()).contains("bubblewrap", "seccomp", "control groups", "python", "java");
    assertThat(doctor.out()).contains("Programs can be isolated on this machine.");
  }

  @Test
  void aFolderIsRunByItsIndexInOrder() throws IOException {
    program("b.py", "print(int(input()) + 1)");
    program("a.py", "def f(x): return {'k': (x, None)}");
    program("c.py", "print('other')");
    index(
        "{\"file\": \"b.py\", \"language\": \"python\", \"mode\": \"stdio\", \"stdin\": \"41\\n\","
            + " \"expected_stdout_if_honest\": \"42\", \"must_verdict\": [\"AC\"], \"note\": 1}",
        "{\"file\": \"a.py\", \"language\": \"python\", \"mode\": \"assert\", \"entry_point\": \"f\","
            + " \"calls\": [{\"args\": [3], \"expected\": {\"k\": [3, null]}}],"
            + " \"must_verdict\": \"AC\"}",
        "{\"file\": \"c.py\", \"language\": \"python\", \"mode\": \"stdio\", \"stdin\": \"\","
            + " \"expected_stdout_if_honest\": \"x\", \"must_verdict\": [\"AC\", \"RE\"]}");

    Outcome outcome = run();

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out())
        .contains("c.py: WA, must be AC or RE")
        .contains("3 programs, 1 with a wrong verdict")
        .doesNotContain("a.py", "b.py");
    List<JsonNode> results = new ArrayList<>();
    for (String line : Files.readAllLines(out())) {
      results.add(new ObjectMapper().readTree(line));
    }
    assertThat(results)
        .extracting(line -> line.get("file").asText())
        .containsExactly("b.py", "a.py", "c.py");
    assertThat(results)
        .extracting(line -> line.get("verdict").asText())
        .containsExactly("AC", "AC", "WA");
    assertThat(results.get(0).fieldNames())
        .toIterable()
        .startsWith(
            "file",
            "verdict",
            "exit_code",
            "signal",
            "cpu_s",
            "wall_s",
            "memory_mb",
            "limit",
            "survivors",
            "leftovers");
    assertThat(results.get(0).get("memory_mb").asDouble()).isPositive();
  }

  @Test
  void whereEveryVerdictIsRightTheExitCodeIs0() throws IOException {
    program("a.py", "raise SystemExit(3)");
    index("{\"file\": \"a.py\", \"must_verdict\": [\"RE\"]}");

    Outcome outcome = run();

    assertThat(outcome.code()).isZero();
    assertThat(Files.readString(out())).contains("\"exit_code\":3", "\"verdict\":\"RE\"");
  }

  @Test
  void aProgramThatCannotBeRunCostsNoOther() throws IOException {
    program("a.c", "int f(int x) { return x; }");
    program("b.py", "print('ok')");
    index(
        "{\"file\": \"a.c\", \"mode\": \"assert\", \"entry_point\": \"f\", \"calls\": [{\"args\": [1],"
            + " \"expected\": 1}], \"must_verdict\": [\"AC\"]}",
        "{\"file\": \"b.py\", \"expected_stdout_if_honest\": \"ok\", \"must_verdict\": [\"AC\"]}");

    Outcome outcome = run();

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out())
        .contains("a.c: CE", "functions can be called in", "mode stdio")
        .contains("1 with");
    assertThat(Files.readAllLines(out())).hasSize(2);
  }

  @Test
  void anIndexThatCannotBeUsedIsOneLine() throws IOException {
    Outcome without = run();
    assertThat(without.code()).isEqualTo(2);
    assertThat(without.err()).startsWith("error: ").contains("index.jsonl").hasLineCount(1);

    index("{\"file\": \"gone.py\"}");
    assertThat(run().err()).contains("index.jsonl:1", "gone.py").hasLineCount(1);

    index("{\"file\": ");
    assertThat(run().err()).contains("index.jsonl:1").hasLineCount(1);
  }
}
