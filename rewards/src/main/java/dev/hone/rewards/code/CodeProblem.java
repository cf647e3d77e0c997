package dev.hone.rewards.code;

import java.util.List;
import java.util.Map;

/** What a program has to do to be right. */
public sealed interface CodeProblem {

  /** How many tests it has. */
  int tests();

  /**
   * A program that reads standard input and prints.
   *
   * @param cases what it is given and what it should print
   */
  record Stdio(List<StdioCase> cases) implements CodeProblem {
    public Stdio {
      cases = List.copyOf(cases);
    }

    @Override
    public int tests() {
      return cases.size();
    }
  }

  record StdioCase(String input, String expected) {}

  /**
   * A function that is called.
   *
   * @param function its name, at the top of the program or in its class {@code Solution}
   * @param prelude code that runs before the program, such as the imports its data set presumes
   * @param cases what it is given and what it should return
   */
  record Calls(String function, String prelude, List<CallCase> cases) implements CodeProblem {
    public Calls {
      cases = List.copyOf(cases);
    }

    @Override
    public int tests() {
      return cases.size();
    }
  }

  /**
   * One call.
   *
   * @param args its arguments
   * @param kwargs its arguments by name
   * @param expected what it should return: any of these
   */
  record CallCase(
      List<PythonValue> args, Map<String, PythonValue> kwargs, List<PythonValue> expected) {}

  /**
   * Test code of the data set's own, which calls the program and asserts: it runs in a box of its
   * own, and the program in another.
   *
   * @param prompt code that a completion continues; empty where there is none
   * @param function the function that is tested; empty where the test code names it
   * @param checks each a test
   */
  record Checks(String prompt, String function, List<Check> checks) implements CodeProblem {
    public Checks {
      checks = List.copyOf(checks);
    }

    @Override
    public int tests() {
      return checks.size();
    }
  }

  /**
   * A piece of test code.
   *
   * @param before code that runs ahead of it, on its side
   * @param code the test
   * @param callsCheck whether it defines {@code check(candidate)}, to be called
   */
  record Check(String before, String code, boolean callsCheck) {}
}
