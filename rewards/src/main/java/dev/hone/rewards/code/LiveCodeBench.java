package dev.hone.rewards.code;

import dev.hone.rewards.code.CodeProblem.CallCase;
import dev.hone.rewards.code.CodeProblem.Calls;
import dev.hone.rewards.code.CodeProblem.Stdio;
import dev.hone.rewards.code.CodeProblem.StdioCase;
import dev.hone.rewards.code.ProblemReader.Unreadable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.InflaterInputStream;

/**
 * Problems as LiveCodeBench publishes them (Jain et al., 2024, {@code
 * lcb_runner/benchmarks/code_generation.py}): {@code public_test_cases} is JSON in a string, {@code
 * private_test_cases} the same or base64 of a zlib stream of a pickle of it; a test is {@code
 * {input, output, testtype}}, and {@code metadata.func_name} names the function where it is called
 * ({@code functional}) and not a program that reads and prints ({@code stdin}).
 */
final class LiveCodeBench {

  static final String PUBLIC = "public_test_cases";
  static final String PRIVATE = "private_test_cases";

  /** The largest private tests published take some tens of MB. */
  private static final int LARGEST = 256 << 20;

  private static final Pattern METHOD = Pattern.compile("\\bdef\\s+(\\w+)\\s*\\(");

  private LiveCodeBench() {}

  /** Whether the row is one of its problems. */
  static boolean isProblem(Map<?, ?> row) {
    return row.get(PUBLIC) != null || row.get(PRIVATE) != null;
  }

  /** All tests of the row, the public ones first. */
  static CodeProblem read(Map<?, ?> row) throws Unreadable {
    List<Object> tests = new ArrayList<>();
    for (String column : List.of(PUBLIC, PRIVATE)) {
      if (row.get(column) != null) {
        tests.addAll(tests(column, row.get(column)));
      }
    }
    return problem(row, tests);
  }

  /** The tests of one of its columns. */
  static List<?> tests(String column, Object content) throws Unreadable {
    Object tests = content;
    if (content instanceof String text) {
      String json = text.stripLeading().startsWith("[") ? text : unpacked(column, text);
      tests = ProblemReader.json(column, json);
    }
    if (tests instanceof List<?> list) {
      return list;
    }
    throw new Unreadable(column + " is no list of tests: " + tests);
  }

  /** Whether the test is one of LiveCodeBench's, by its shape. */
  static boolean isTest(Object test) {
    return test instanceof Map<?, ?> map && map.get("testtype") != null;
  }

  /** The problem that tests of this shape make; the row says which function, if one. */
  static CodeProblem problem(Map<?, ?> row, List<?> tests) throws Unreadable {
    List<StdioCase> programs = new ArrayList<>();
    List<CallCase> calls = new ArrayList<>();
    for (Object test : tests) {
      if (!(test instanceof Map<?, ?> map)
          || !(map.get("input") instanceof String input)
          || !(map.get("output") instanceof String output)) {
        throw new Unreadable("a test of LiveCodeBench is {input, output, testtype}: " + test);
      }
      if ("functional".equals(map.get("testtype"))) {
        PythonValue expected = PythonValue.plain(ProblemReader.json("output", output));
        calls.add(new CallCase(ProblemReader.argumentsByLine(input), Map.of(), List.of(expected)));
      } else {
        programs.add(new StdioCase(input, output));
      }
    }
    if (programs.isEmpty() == calls.isEmpty()) {
      throw new Unreadable(
          calls.isEmpty()
              ? "the problem has no tests"
              : "the tests are of two types, stdin and functional; a problem has one");
    }
    return calls.isEmpty()
        ? new Stdio(programs)
        : new Calls(function(row), ProblemReader.PRESUMED_IMPORTS, calls);
  }

  /** By the metadata, else what the starter code defines. */
  private static String function(Map<?, ?> row) throws Unreadable {
    Object metadata = row.get("metadata");
    if (metadata instanceof String text && !text.isBlank()) {
      metadata = ProblemReader.json("metadata", text);
    }
    if (metadata instanceof Map<?, ?> map
        && map.get("func_name") instanceof String name
        && !name.isBlank()) {
      return name;
    }
    if (row.get("starter_code") instanceof String starter) {
      Matcher method = METHOD.matcher(starter);
      if (method.find()) {
        return method.group(1);
      }
    }
    throw new Unreadable(
        "the tests call a function that nothing names; give metadata with func_name, or"
            + " starter_code that defines it");
  }

  private static String unpacked(String column, String packed) throws Unreadable {
    try {
      byte[] zipped = Base64.getMimeDecoder().decode(packed.getBytes(StandardCharsets.ISO_8859_1));
      InflaterInputStream inflater = new InflaterInputStream(new ByteArrayInputStream(zipped));
      byte[] pickle = inflater.readNBytes(LARGEST + 1);
      if (pickle.length > LARGEST) {
        throw new Unreadable(column + " unpacks to more than " + (LARGEST >> 20) + " MiB");
      }
      return PickledText.read(pickle);
    } catch (IllegalArgumentException | IOException e) {
      throw new Unreadable(
          column + " is neither JSON nor base64 of a zlib stream: " + e.getMessage());
    } catch (PickledText.Unreadable e) {
      throw new Unreadable(column + ": " + e.getMessage());
    }
  }
}
