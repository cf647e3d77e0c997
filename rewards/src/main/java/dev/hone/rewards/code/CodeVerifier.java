package dev.hone.rewards.code;

import dev.hone.rewards.code.CodeProblem.CallCase;
import dev.hone.rewards.code.CodeProblem.Calls;
import dev.hone.rewards.code.CodeProblem.Check;
import dev.hone.rewards.code.CodeProblem.Checks;
import dev.hone.rewards.code.CodeProblem.Stdio;
import dev.hone.rewards.code.CodeProblem.StdioCase;
import dev.hone.sandbox.Execution;
import dev.hone.sandbox.Execution.Outcome;
import dev.hone.sandbox.Input;
import dev.hone.sandbox.Language;
import dev.hone.sandbox.Limits;
import dev.hone.sandbox.Program;
import dev.hone.sandbox.Sandbox;
import dev.hone.sandbox.SandboxUnavailable;
import dev.hone.sandbox.Slot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Judges programs by running them on tests, each test from the start. What a test expects is never
 * where the program is: outputs and returned values are compared out here.
 */
public final class CodeVerifier {

  private final Sandbox sandbox;
  private final Limits limits;
  private final boolean stopEarly;
  private final OutputComparison outputs;
  private final ValueComparison values;

  /**
   * @param sandbox where programs run
   * @param limits what one test may take
   * @param tolerance by how much numbers with a fraction may differ; 0 for not at all
   * @param stopEarly whether to leave a problem at the first test that is not passed
   */
  public CodeVerifier(Sandbox sandbox, Limits limits, double tolerance, boolean stopEarly) {
    this.sandbox = sandbox;
    this.limits = limits;
    this.stopEarly = stopEarly;
    this.outputs = new OutputComparison(tolerance);
    this.values = new ValueComparison(tolerance);
  }

  /**
   * Runs the program on the problem's tests. Any program gets a report; a sandbox that fails twice
   * on a test is reported as {@link CodeVerdict#IE}.
   *
   * @throws SandboxUnavailable where the machine cannot isolate, or lacks the language
   * @throws NotCallable where the problem calls functions and the language's cannot be called
   */
  public CodeReport verify(Language language, String source, CodeProblem problem) {
    if (problem instanceof Stdio stdio) {
      Program program = Program.of(language, source);
      return tests(stdio.tests(), number -> stdio(number, program, stdio.cases().get(number - 1)));
    }
    if (!Drivers.callable(language)) {
      throw new NotCallable(language);
    }
    Program candidate = Drivers.candidate(language, source);
    if (problem instanceof Calls calls) {
      return tests(
          calls.tests(), number -> call(number, candidate, calls, calls.cases().get(number - 1)));
    }
    Checks checks = (Checks) problem;
    Examination test = new Examination(limits);
    return tests(
        checks.tests(),
        number -> {
          Check check = checks.checks().get(number - 1);
          try (Slot slot = sandbox.slot()) {
            return test.run(slot, number, candidate, checks, check);
          }
        });
  }

  private CodeReport tests(int total, IntFunction<TestReport> run) {
    List<TestReport> reports = new ArrayList<>();
    for (int number = 1; number <= total; number++) {
      TestReport report = triedAgain(number, run);
      reports.add(report);
      boolean hopeless = report.verdict() == CodeVerdict.CE || report.verdict() == CodeVerdict.IE;
      if (hopeless || (stopEarly && report.verdict() != CodeVerdict.AC)) {
        break;
      }
    }
    return new CodeReport(total, reports);
  }

  /** A sandbox that fails gets a second try: it was not the program. */
  private static TestReport triedAgain(int number, IntFunction<TestReport> run) {
    try {
      TestReport report = run.apply(number);
      if (report.verdict() != CodeVerdict.IE) {
        return report;
      }
    } catch (SandboxUnavailable e) {
      // A box that does not start now may start the next moment; what is missing is missing twice.
    }
    return run.apply(number);
  }

  private TestReport stdio(int number, Program program, StdioCase test) {
    Input input = Input.of(test.input());
    Execution execution = sandbox.run(program, input, limits);
    if (program.language() == Language.JAVASCRIPT && execution.exitCode() == 1) {
      execution = javaScriptSyntax(program, execution);
    }
    TestReport failed = ofExecution(number, execution);
    if (failed != null) {
      return failed;
    }
    String difference = outputs.difference(test.expected(), execution.stdout());
    return difference == null
        ? new TestReport(number, CodeVerdict.AC, "as expected", execution)
        : new TestReport(number, CodeVerdict.WA, difference, execution);
  }

  /** Node tells a program that it cannot parse from one that fails by its words alone. */
  private Execution javaScriptSyntax(Program program, Execution execution) {
    if (!execution.stderrText().contains("SyntaxError")) {
      return execution;
    }
    Program parse =
        Program.of(
                Language.JAVASCRIPT,
                "new (require('vm').Script)("
                    + "'(function (exports, require, module) {' +"
                    + " require('fs').readFileSync('program.js', 'utf8') + '\\n})')")
            .with("program.js", program.files().get(program.main()));
    Execution parsed = sandbox.run(parse, Input.none(), limits);
    if (parsed.outcome() == Outcome.SANDBOX_FAILED) {
      return parsed;
    }
    return parsed.exitCode() == 1 ? parsed.refusedBecause(parsed.stderrText()) : execution;
  }

  private TestReport call(int number, Program candidate, Calls calls, CallCase test) {
    try (Slot slot = sandbox.slot();
        Candidate running = Candidate.start(slot, candidate, calls.prelude(), limits)) {
      String answer = running.call(calls.function(), test);
      Execution execution = running.end();
      if (running.refusal() != null) {
        return new TestReport(
            number, CodeVerdict.CE, TestReport.line(running.refusal()), execution);
      }
      TestReport failed = ofExecution(number, execution);
      return failed != null ? failed : compare(number, answer, test, execution);
    } catch (Slot.NotStarted e) {
      return ofExecution(number, e.execution());
    }
  }

  private TestReport compare(int number, String answer, CallCase test, Execution execution) {
    if (answer == null) {
      return new TestReport(
          number, CodeVerdict.WA, "the program ended without returning", execution);
    }
    Candidate.Reply reply = Candidate.reply(answer);
    if (reply.raised() != null) {
      return new TestReport(number, CodeVerdict.RE, TestReport.line(reply.raised()), execution);
    }
    if (reply.returned() == null) {
      return new TestReport(number, CodeVerdict.WA, "what it returned cannot be read", execution);
    }
    for (PythonValue expected : test.expected()) {
      if (values.equal(expected, reply.returned())) {
        return new TestReport(number, CodeVerdict.AC, "as expected", execution);
      }
    }
    return new TestReport(
        number,
        CodeVerdict.WA,
        TestReport.line(
            "expected "
                + PythonValue.shown(test.expected().get(0))
                + ", returned "
                + PythonValue.shown(reply.returned())),
        execution);
  }

  /**
   * The verdict that stands whatever was printed; null where only a comparison can tell. A compile
   * error comes first, then a limit, then an exit code or signal.
   */
  static TestReport ofExecution(int number, Execution execution) {
    return switch (execution.outcome()) {
      case SANDBOX_FAILED ->
          new TestReport(number, CodeVerdict.IE, TestReport.line(execution.message()), execution);
      case NOT_COMPILED ->
          new TestReport(number, CodeVerdict.CE, TestReport.line(execution.message()), execution);
      case LIMITED -> {
        CodeVerdict verdict =
            switch (execution.limit().orElseThrow()) {
              case CPU, WALL -> CodeVerdict.TLE;
              case MEMORY -> CodeVerdict.MLE;
              case OUTPUT -> CodeVerdict.OLE;
            };
        yield new TestReport(
            number,
            verdict,
            "the " + execution.limit().orElseThrow() + " limit was reached",
            execution);
      }
      case SIGNALLED ->
          new TestReport(
              number, CodeVerdict.RE, "ended by signal " + execution.signal(), execution);
      case EXITED ->
          execution.exitCode() == 0
              ? null
              : new TestReport(
                  number,
                  CodeVerdict.RE,
                  TestReport.line(
                      "exit code " + execution.exitCode() + lastLine(execution.stderr())),
                  execution);
    };
  }

  private static String lastLine(byte[] stderr) {
    String text = new String(stderr, StandardCharsets.UTF_8).strip();
    String line = text.substring(text.lastIndexOf('\n') + 1);
    return line.isEmpty() ? "" : ": " + line;
  }
}
