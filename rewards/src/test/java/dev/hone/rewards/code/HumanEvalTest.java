package dev.hone.rewards.code;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.sandbox.Execution;
import dev.hone.sandbox.Input;
import dev.hone.sandbox.Language;
import dev.hone.sandbox.Limits;
import dev.hone.sandbox.Program;
import dev.hone.sandbox.Sandbox;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The published problems: their own solutions pass, and mutated ones fail as plain Python says. */
class HumanEvalTest {

  private static final int MUTANTS_A_PROBLEM = 3;

  private record Mutant(Map<String, Object> problem, String code) {}

  private static List<Map<String, Object>> problems() throws IOException {
    Path file =
        Path.of(System.getProperty("hone.shared", "../../shared"))
            .resolve("data/humaneval/HumanEval.jsonl.gz");
    if (!Files.exists(file)) {
      System.out.println("skipped: no HumanEval at " + file + "; set -Dhone.shared");
      Assumptions.abort("no HumanEval at " + file);
    }
    List<Map<String, Object>> problems = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        @SuppressWarnings("unchecked")
        Map<String, Object> row = json.readValue(line, Map.class);
        problems.add(row);
      }
    }
    return problems;
  }

  private static CodeReport judge(CodeVerifier verifier, Map<String, Object> problem, String code)
      throws ProblemReader.Unreadable {
    return verifier.verify(Language.PYTHON, code, ProblemReader.read(problem));
  }

  private static String text(Map<String, Object> problem, String key) {
    return (String) problem.get(key);
  }

  @Test
  void theSolutionsOfTheDataSetPass() throws Exception {
    CodeVerifier verifier = Judges.verifier();
    List<String> rejected = new ArrayList<>();
    List<Map<String, Object>> problems = problems();
    for (Map<String, Object> problem : problems) {
      String solution =
          CodeExtraction.continued(
              text(problem, "prompt"),
              text(problem, "entry_point"),
              text(problem, "canonical_solution"));
      CodeReport report = judge(verifier, problem, solution);
      if (report.verdict() != CodeVerdict.AC) {
        rejected.add(problem.get("task_id") + " " + report.reason());
      }
    }
    assertThat(problems).hasSize(164);
    assertThat(rejected).isEmpty();
  }

  /**
   * Every mutant that the data set's tests reject when Python runs them with the program in one
   * process, as the data set's authors do, is rejected here; and those that they accept, accepted.
   */
  @Test
  @Tag("slow")
  void mutatedSolutionsAreJudgedAsPlainPythonDoes() throws Exception {
    CodeVerifier verifier = Judges.verifier();
    Sandbox sandbox = Judges.sandbox();
    List<Mutant> mutants = mutants(sandbox);
    List<String> differing = new ArrayList<>();
    int rejected = 0;
    for (Mutant mutant : mutants) {
      String entry = text(mutant.problem(), "entry_point");
      String plain =
          mutant.code() + "\n" + text(mutant.problem(), "test") + "\ncheck(" + entry + ")\n";
      Execution execution =
          sandbox.run(Program.of(Language.PYTHON, plain), Input.none(), Limits.standard());
      CodeReport report = judge(verifier, mutant.problem(), mutant.code());
      boolean accepted = report.verdict() == CodeVerdict.AC;
      rejected += execution.succeeded() ? 0 : 1;
      if (accepted != execution.succeeded()) {
        differing.add(
            mutant.problem().get("task_id")
                + ": plain Python "
                + (execution.succeeded() ? "accepts" : "rejects")
                + ", here "
                + report.reason()
                + "\n"
                + mutant.code());
      }
    }
    System.out.println(
        mutants.size() + " mutants, of which plain Python's own run rejects " + rejected);
    assertThat(mutants).hasSizeGreaterThanOrEqualTo(300);
    assertThat(rejected).isGreaterThan(200);
    assertThat(differing).isEmpty();
  }

  /** Mutants are made by Python's own parser, in the sandbox, as everything in Python here. */
  private static List<Mutant> mutants(Sandbox sandbox) throws Exception {
    Program mutator =
        Program.of(
            Language.PYTHON,
            new String(
                HumanEvalTest.class.getResourceAsStream("mutate.py").readAllBytes(),
                StandardCharsets.UTF_8));
    List<Mutant> mutants = new ArrayList<>();
    for (Map<String, Object> problem : problems()) {
      String code = text(problem, "prompt") + text(problem, "canonical_solution");
      Input input =
          new Input(code.getBytes(StandardCharsets.UTF_8), List.of(text(problem, "entry_point")));
      Execution execution = sandbox.run(mutator, input, Limits.standard());
      assertThat(execution.succeeded()).as(execution::stderrText).isTrue();
      @SuppressWarnings("unchecked")
      List<Object> made = (List<Object>) Json.read(execution.stdoutText());
      made.stream()
          .limit(MUTANTS_A_PROBLEM)
          .forEach(mutant -> mutants.add(new Mutant(problem, (String) mutant)));
    }
    return mutants;
  }
}
