package dev.hone.rewards.code;

import dev.hone.sandbox.Language;
import dev.hone.sandbox.Program;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Programs of our own that run beside a solution, or beside its tests. */
final class Drivers {

  private static final byte[] VALUES = resource("values.py");
  private static final byte[] CANDIDATE = resource("candidate.py");
  private static final byte[] TESTER = resource("tester.py");
  private static final byte[] CANDIDATE_JS = resource("candidate.js");

  /** What solutions in Java may presume to be imported, as on LeetCode. */
  private static final String JAVA_IMPORTS =
      "import java.util.*; import java.util.function.*; import java.util.stream.*;"
          + " import java.math.*; ";

  private static final Pattern JAVA_PACKAGE =
      Pattern.compile("^\\s*package\\s+[\\w.]+\\s*;", Pattern.MULTILINE);

  private Drivers() {}

  /** Languages whose functions can be called. */
  static boolean callable(Language language) {
    return switch (language) {
      case PYTHON, JAVASCRIPT, JAVA -> true;
      case C, CPP -> false;
    };
  }

  /** Runs a solution and calls its functions. */
  static Program candidate(Language language, String solution) {
    return switch (language) {
      case PYTHON ->
          new Program(
              language,
              Map.of("candidate.py", CANDIDATE, "values.py", VALUES, "solution.py", utf8(solution)),
              "candidate.py");
      case JAVASCRIPT ->
          new Program(
              language,
              Map.of("candidate.js", CANDIDATE_JS, "solution.js", utf8(solution)),
              "candidate.js");
      case JAVA -> java(solution);
      case C, CPP -> throw new IllegalArgumentException("Nothing calls functions in " + language);
    };
  }

  private static Program java(String solution) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : JavaCandidate.CLASSES) {
      files.put(classFile(name), resource(name + ".class"));
    }
    // On the first line, so that the compiler counts the solution's lines.
    boolean packaged = JAVA_PACKAGE.matcher(solution).find();
    files.put("Solution.java", utf8(packaged ? solution : JAVA_IMPORTS + solution));
    return new Program(Language.JAVA, files, classFile("JavaCandidate"));
  }

  private static String classFile(String name) {
    return Drivers.class.getPackageName().replace('.', '/') + '/' + name + ".class";
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
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
