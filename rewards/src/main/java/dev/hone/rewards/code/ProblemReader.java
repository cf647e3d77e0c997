package dev.hone.rewards.code;

import dev.hone.rewards.code.CodeProblem.CallCase;
import dev.hone.rewards.code.CodeProblem.Calls;
import dev.hone.rewards.code.CodeProblem.Check;
import dev.hone.rewards.code.CodeProblem.Checks;
import dev.hone.rewards.code.CodeProblem.Stdio;
import dev.hone.rewards.code.CodeProblem.StdioCase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads problems as they are published: HumanEval ({@code prompt, entry_point, test}), MBPP ({@code
 * test_list, test_setup_code}), APPS and LiveCodeBench ({@code input_output} or the keys {@code
 * inputs, outputs, fn_name} themselves; {@link LiveCodeBench}'s own columns), {@code entry_point}
 * with {@code calls} of {@code {args, expected}}, and {@code tests} of any of these.
 */
public final class ProblemReader {

  /** The row has no tests that can be read; the message says what was looked for. */
  public static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String message) {
      super(message);
    }
  }

  /** What solutions on LeetCode, and so in these data sets, may presume to be imported. */
  static final String PRESUMED_IMPORTS =
      """
      import bisect, collections, copy, datetime, functools, heapq, itertools, math, operator
      import random, re, string, sys
      from bisect import *
      from collections import *
      from functools import *
      from heapq import *
      from itertools import *
      from math import *
      from typing import *
      from builtins import *
      """;

  private ProblemReader() {}

  /**
   * The problem of a row.
   *
   * @param row the row's columns, or what one of them holds
   */
  public static CodeProblem read(Map<?, ?> row) throws Unreadable {
    if (row.get("test") instanceof String test && row.get("entry_point") instanceof String name) {
      return humanEval(row, test, name);
    }
    if (row.get("test_list") != null) {
      return mbpp(row);
    }
    if (row.get("input_output") != null) {
      return cases(parsed("input_output", row.get("input_output")), row);
    }
    if (row.get("inputs") != null && row.get("outputs") != null) {
      return cases(row, row);
    }
    if (row.get("calls") != null) {
      return calls(row, items(row, "calls"));
    }
    if (LiveCodeBench.isProblem(row)) {
      return LiveCodeBench.read(row);
    }
    for (String column : List.of("tests", "test_cases")) {
      Object tests = parsed(column, row.get(column));
      if (tests instanceof Map<?, ?> map) {
        Map<Object, Object> inner = new LinkedHashMap<>(row);
        inner.remove(column);
        inner.putAll(map);
        return read(inner);
      }
      if (tests instanceof List<?> list) {
        return tests(row, list);
      }
    }
    throw new Unreadable(
        "the row has no tests; looked for test with entry_point (HumanEval), test_list (MBPP),"
            + " input_output or inputs with outputs (APPS), public_test_cases and"
            + " private_test_cases (LiveCodeBench), calls, tests; it has "
            + row.keySet());
  }

  /** The same for a column, whose content may be JSON in a string, a map, or a list of tests. */
  static CodeProblem read(Map<String, Object> row, String column, Object content)
      throws Unreadable {
    if (column.equals(LiveCodeBench.PUBLIC) || column.equals(LiveCodeBench.PRIVATE)) {
      return LiveCodeBench.problem(row, LiveCodeBench.tests(column, content));
    }
    Object tests = parsed(column, content);
    if (tests instanceof Map<?, ?> map) {
      return read(map);
    }
    if (tests instanceof List<?> list) {
      return tests(row, list);
    }
    throw new Unreadable("the column '" + column + "' holds no tests: " + content);
  }

  private static CodeProblem humanEval(Map<?, ?> row, String test, String function) {
    String prompt = text(row, "prompt");
    boolean check = test.contains("def check(");
    return new Checks(prompt, function, List.of(new Check(prompt, test, check)));
  }

  private static CodeProblem mbpp(Map<?, ?> row) throws Unreadable {
    StringBuilder before = new StringBuilder();
    Object imports = row.get("test_imports");
    if (imports instanceof List<?> lines) {
      lines.forEach(line -> before.append(line).append('\n'));
    }
    before.append(text(row, "test_setup_code"));
    List<Check> checks = new ArrayList<>();
    for (Object test : items(row, "test_list")) {
      checks.add(new Check(before.toString(), String.valueOf(test), false));
    }
    return new Checks("", "", require(checks));
  }

  /** APPS: lists of inputs and outputs, side by side. */
  private static CodeProblem cases(Object content, Map<?, ?> row) throws Unreadable {
    if (!(content instanceof Map<?, ?> map)) {
      throw new Unreadable("input_output is no map: " + content);
    }
    List<?> inputs = items(map, "inputs");
    List<?> outputs = items(map, "outputs");
    if (inputs.size() != outputs.size()) {
      throw new Unreadable(inputs.size() + " inputs, but " + outputs.size() + " outputs");
    }
    String function = firstText(map, row, "fn_name");
    if (function.isEmpty()) {
      List<StdioCase> cases = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        cases.add(new StdioCase(lines(inputs.get(i)), lines(outputs.get(i))));
      }
      return new Stdio(require(cases));
    }
    List<CallCase> cases = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      cases.add(new CallCase(arguments(inputs.get(i)), Map.of(), alternatives(outputs.get(i))));
    }
    return new Calls(function, PRESUMED_IMPORTS, require(cases));
  }

  /** Arguments as a list, or one to a line as JSON. */
  private static List<PythonValue> arguments(Object input) throws Unreadable {
    return input instanceof List<?> list
        ? list.stream().map(PythonValue::plain).toList()
        : argumentsByLine(String.valueOf(input));
  }

  static List<PythonValue> argumentsByLine(String input) throws Unreadable {
    List<PythonValue> arguments = new ArrayList<>();
    for (String line : input.split("\n")) {
      if (!line.isBlank()) {
        arguments.add(PythonValue.plain(json("input", line)));
      }
    }
    return arguments;
  }

  /** APPS wraps what a function returns into a list of one, or does not. */
  private static List<PythonValue> alternatives(Object output) throws Unreadable {
    Object value =
        output instanceof String text && looksLikeJson(text) ? json("outputs", text) : output;
    List<PythonValue> expected = new ArrayList<>(List.of(PythonValue.plain(value)));
    if (value instanceof List<?> list && list.size() == 1) {
      expected.add(PythonValue.plain(list.get(0)));
    } else if (output instanceof String && value != output) {
      expected.add(PythonValue.plain(output));
    }
    return expected;
  }

  private static boolean looksLikeJson(String text) {
    return text.strip().matches("(?s)[\\[{\"].*|-?\\d.*|true|false|null");
  }

  /** {@code [{args, kwargs, expected}]}. */
  private static CodeProblem calls(Map<?, ?> row, List<?> calls) throws Unreadable {
    List<CallCase> cases = new ArrayList<>();
    for (Object call : calls) {
      if (!(call instanceof Map<?, ?> map) || !map.containsKey("expected")) {
        throw new Unreadable("a call must be {args, expected}: " + call);
      }
      Map<String, PythonValue> kwargs = new LinkedHashMap<>();
      if (map.get("kwargs") instanceof Map<?, ?> named) {
        named.forEach((name, value) -> kwargs.put(String.valueOf(name), PythonValue.plain(value)));
      }
      List<?> args = map.get("args") == null ? List.of() : items(map, "args");
      cases.add(
          new CallCase(
              args.stream().map(PythonValue::plain).toList(),
              kwargs,
              List.of(PythonValue.plain(map.get("expected")))));
    }
    String function = firstText(row, row, "entry_point", "fn_name", "func_name");
    if (function.isEmpty()) {
      throw new Unreadable("calls need the name of a function: give entry_point");
    }
    return new Calls(function, "", require(cases));
  }

  /** A list of tests: {@code {input, output}}, {@code {args, expected}}, or assertions. */
  private static CodeProblem tests(Map<?, ?> row, List<?> tests) throws Unreadable {
    if (tests.isEmpty()) {
      throw new Unreadable("the list of tests is empty");
    }
    if (tests.get(0) instanceof String) {
      Map<Object, Object> inner = new LinkedHashMap<>(row);
      inner.put("test_list", tests);
      return mbpp(inner);
    }
    if (!(tests.get(0) instanceof Map<?, ?> first)) {
      throw new Unreadable("a test is no map: " + tests.get(0));
    }
    if (first.containsKey("expected") && first.containsKey("args")) {
      return calls(row, tests);
    }
    if (LiveCodeBench.isTest(first)) {
      return LiveCodeBench.problem(row, tests);
    }
    List<Object> inputs = new ArrayList<>();
    List<Object> outputs = new ArrayList<>();
    for (Object test : tests) {
      if (!(test instanceof Map<?, ?> map) || !map.containsKey("output")) {
        throw new Unreadable("a test must be {input, output} or {args, expected}: " + test);
      }
      inputs.add(map.get("input") == null ? "" : map.get("input"));
      outputs.add(map.get("output"));
    }
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put("inputs", inputs);
    map.put("outputs", outputs);
    return cases(map, row);
  }

  private static <T> List<T> require(List<T> cases) throws Unreadable {
    if (cases.isEmpty()) {
      throw new Unreadable("the problem has no tests");
    }
    return cases;
  }

  private static String lines(Object content) {
    if (content instanceof List<?> list) {
      return String.join("\n", list.stream().map(String::valueOf).toList());
    }
    return String.valueOf(content);
  }

  private static String text(Map<?, ?> row, String key) {
    return row.get(key) instanceof String text ? text : "";
  }

  private static String firstText(Map<?, ?> one, Map<?, ?> other, String... keys) {
    for (String key : keys) {
      for (Map<?, ?> map : List.of(one, other)) {
        if (!text(map, key).isEmpty()) {
          return text(map, key);
        }
      }
    }
    return "";
  }

  private static List<?> items(Map<?, ?> row, String key) throws Unreadable {
    if (parsed(key, row.get(key)) instanceof List<?> list) {
      return list;
    }
    throw new Unreadable(key + " is no list: " + row.get(key));
  }

  /** Data sets keep structure in strings of JSON. */
  private static Object parsed(String column, Object content) throws Unreadable {
    return content instanceof String text ? json(column, text) : content;
  }

  static Object json(String column, String text) throws Unreadable {
    try {
      return Json.read(text);
    } catch (Json.Malformed e) {
      throw new Unreadable(column + ": " + e.getMessage());
    }
  }
}
