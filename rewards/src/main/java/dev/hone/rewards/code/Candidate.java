package dev.hone.rewards.code;

import dev.hone.rewards.code.CodeProblem.CallCase;
import dev.hone.sandbox.Execution;
import dev.hone.sandbox.Limits;
import dev.hone.sandbox.Program;
import dev.hone.sandbox.Session;
import dev.hone.sandbox.Slot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A solution that runs in its box and whose functions can be called. Nothing it says is trusted.
 */
final class Candidate implements AutoCloseable {

  /**
   * What came back from a call.
   *
   * @param returned the value; null where there is none that can be read
   * @param raised the error, where there was one
   */
  record Reply(PythonValue returned, String raised) {}

  private final Session session;
  private String refusal;
  private boolean ready;

  private Candidate(Session session) {
    this.session = session;
  }

  static Candidate start(Slot slot, Program program, String prelude, Limits limits)
      throws Slot.NotStarted {
    Candidate candidate = new Candidate(slot.open(program, limits));
    candidate.session.send(Json.write(Map.of("prelude", prelude)));
    return candidate;
  }

  /** Whether the program was compiled and its first lines ran to the end. */
  boolean awaitReady() {
    Map<?, ?> first = session.receive().map(Candidate::map).orElse(Map.of());
    ready = first.containsKey("ready");
    refusal = first.get("refused") instanceof String text ? text : null;
    return ready;
  }

  /** Calls once, in a program that is for this call alone; the raw answer, or null. */
  String call(String function, CallCase test) {
    List<Object> args = new ArrayList<>();
    test.args().forEach(value -> args.add(PythonValue.toTagged(value)));
    Map<String, Object> kwargs = new LinkedHashMap<>();
    test.kwargs().forEach((name, value) -> kwargs.put(name, PythonValue.toTagged(value)));
    session.send(Json.write(Map.of("function", function, "args", args, "kwargs", kwargs)));
    session.endLines();
    return awaitReady() ? session.receive().orElse(null) : null;
  }

  /** Passes on a call as the tests' side wrote it; the raw answer, or empty where it died. */
  Optional<String> relay(Map<String, Object> request) {
    session.send(Json.write(request));
    return session.receive();
  }

  /** Lets the program come to its end. */
  Execution end() {
    session.endLines();
    return session.await();
  }

  /** The compiler's words, where it refused the program. */
  String refusal() {
    return refusal;
  }

  /** Reads an answer, whatever it is. */
  static Reply reply(String answer) {
    Map<?, ?> map = map(answer);
    if (map.get("raised") instanceof List<?> raised && raised.size() == 2) {
      return new Reply(null, raised.get(0) + ": " + raised.get(1));
    }
    if (!map.containsKey("returned")) {
      return new Reply(null, null);
    }
    try {
      return new Reply(PythonValue.tagged(map.get("returned")), null);
    } catch (Json.Malformed | RuntimeException e) {
      return new Reply(null, null);
    }
  }

  private static Map<?, ?> map(String line) {
    try {
      return Json.read(line) instanceof Map<?, ?> map ? map : Map.of();
    } catch (Json.Malformed e) {
      return Map.of();
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
