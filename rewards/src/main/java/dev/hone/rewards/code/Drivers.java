package dev.hone.rewards.code;

import dev.hone.sandbox.Language;
import dev.hone.sandbox.Program;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Programs of our own that run beside a solution, or beside its tests. */
final class Drivers {

  private static final byte[] VALUES = resource("values.py");
  private static final byte[] CANDIDATE = resource("candidate.py");
  private static final byte[] TESTER = resource("tester.py");
  private static final byte[] CANDIDATE_JS = resource("candidate.js");

  private Drivers() {}

  /** Languages whose functions can be called. */
  static boolean callable(Language language) {
    return language == Language.PYTHON || language == Language.JAVASCRIPT;
  }

  /** Runs a solution and calls its functions. */
  static Program candidate(Language language, String solution) {
    byte[] source = solution.getBytes(StandardCharsets.UTF_8);
    return language == Language.JAVASCRIPT
        ? new Program(
            language, Map.of("candidate.js", CANDIDATE_JS, "solution.js", source), "candidate.js")
        : new Program(
            language,
            Map.of("candidate.py", CANDIDATE, "values.py", VALUES, "solution.py", source),
            "candidate.py");
  }

  /** Runs a data set's test code. */
  static Program tester() {
    return new Program(
        Language.PYTHON, Map.of("tester.py", TESTER, "values.py", VALUES), "tester.py");
  }

  private static byte[] resource(String name) {
    try (InputStream in = Drivers.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
