package dev.hone.rewards.code;

import dev.hone.rewards.code.CodeProblem.Check;
import dev.hone.rewards.code.CodeProblem.Checks;
import dev.hone.sandbox.Execution;
import dev.hone.sandbox.Execution.Outcome;
import dev.hone.sandbox.Limit;
import dev.hone.sandbox.Limits;
import dev.hone.sandbox.Program;
import dev.hone.sandbox.Session;
import dev.hone.sandbox.Slot;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A data set's test code against a candidate: two boxes, and lines of JSON between them that pass
 * through here. Only values reach the tests' side, so the candidate cannot change what is asserted.
 */
final class Examination {

  /** The tests' side waits while the candidate runs. */
  private static final Duration HEADROOM = Duration.ofSeconds(10);

  private final Limits limits;
  private final Limits testerLimits;

  Examination(Limits limits) {
    this.limits = limits;
    this.testerLimits =
        limits.withTime(limits.cpu().plus(HEADROOM), limits.wall().multipliedBy(2).plus(HEADROOM));
  }

  TestReport run(Slot slot, int number, Program program, Checks checks, Check check) {
    try (Candidate candidate = Candidate.start(slot, program, "", limits)) {
      if (!candidate.awaitReady()) {
        Execution execution = candidate.end();
        return candidate.refusal() == null
            ? endedEarly(number, execution)
            : new TestReport(
                number, CodeVerdict.CE, TestReport.line(candidate.refusal()), execution);
      }
      try (Session tester = slot.open(Drivers.tester(), testerLimits)) {
        tester.send(
            Json.write(
                Map.of(
                    "before",
                    check.before(),
                    "entry_point",
                    checks.function(),
                    "test",
                    check.code(),
                    "call",
                    check.callsCheck())));
        return converse(number, tester, candidate);
      }
    } catch (Slot.NotStarted e) {
      return CodeVerifier.ofExecution(number, e.execution());
    }
  }

  private static TestReport converse(int number, Session tester, Candidate candidate) {
    while (true) {
      Optional<String> said = tester.receive();
      if (said.isEmpty()) {
        return testerEnded(number, tester.await(), candidate);
      }
      Map<String, Object> message = message(said.get());
      if (message.containsKey("passed")) {
        Execution execution = candidate.end();
        TestReport failed = CodeVerifier.ofExecution(number, execution);
        return failed != null
            ? failed
            : new TestReport(number, CodeVerdict.AC, "the tests passed", execution);
      }
      if (message.get("failed") instanceof String reason) {
        Execution execution = candidate.end();
        TestReport failed = CodeVerifier.ofExecution(number, execution);
        return failed != null
            ? failed
            : new TestReport(number, CodeVerdict.WA, TestReport.line(reason), execution);
      }
      message.put("objects", true);
      Optional<String> answer = candidate.relay(message);
      if (answer.isEmpty()) {
        tester.kill();
        return endedEarly(number, candidate.end());
      }
      tester.send(clean(answer.get()));
    }
  }

  /** The answer again in our own writing, so that nothing but JSON of one line gets through. */
  private static String clean(String answer) {
    Map<String, Object> reply = message(answer);
    if (reply.containsKey("returned")) {
      Map<String, Object> returned = new LinkedHashMap<>();
      returned.put("returned", reply.get("returned"));
      return Json.write(returned);
    }
    Object raised = reply.get("raised");
    return Json.write(
        Map.of("raised", raised == null ? List.of("RuntimeError", "no value came back") : raised));
  }

  private static Map<String, Object> message(String line) {
    Map<String, Object> message = new LinkedHashMap<>();
    try {
      if (Json.read(line) instanceof Map<?, ?> map) {
        map.forEach((key, value) -> message.put((String) key, value));
      }
    } catch (Json.Malformed e) {
      // Not a message: an empty one is treated as no value.
    }
    return message;
  }

  private static TestReport endedEarly(int number, Execution execution) {
    TestReport failed = CodeVerifier.ofExecution(number, execution);
    return failed != null
        ? failed
        : new TestReport(
            number, CodeVerdict.WA, "the program ended before it was asked to", execution);
  }

  /** The tests' own code should say how it went; where it does not, a value undid it, or itself. */
  private static TestReport testerEnded(int number, Execution tester, Candidate candidate) {
    Execution execution = candidate.end();
    TestReport failed = CodeVerifier.ofExecution(number, execution);
    if (failed != null) {
      return failed;
    }
    if (tester.outcome() == Outcome.LIMITED) {
      Limit limit = tester.limit().orElseThrow();
      boolean time = limit == Limit.CPU || limit == Limit.WALL;
      return new TestReport(
          number,
          time ? CodeVerdict.TLE : CodeVerdict.WA,
          "the tests reached the " + limit + " limit on what came back",
          execution);
    }
    TestReport why = CodeVerifier.ofExecution(number, tester);
    return new TestReport(
        number,
        CodeVerdict.IE,
        "the test code itself failed" + (why == null ? "" : ": " + why.reason()),
        execution);
  }
}
