package dev.hone.rewards.code;

import java.util.List;

/**
 * What became of a program.
 *
 * @param total how many tests the problem has
 * @param tests those that ran, in order; fewer than all where it stopped at the first that failed
 */
public record CodeReport(int total, List<TestReport> tests) {

  public CodeReport {
    tests = List.copyOf(tests);
  }

  /** That of the first test that was not passed. */
  public CodeVerdict verdict() {
    return deciding().verdict();
  }

  /** The first test that was not passed; the last where all were. */
  public TestReport deciding() {
    return tests.stream()
        .filter(test -> test.verdict() == CodeVerdict.IE)
        .findFirst()
        .or(() -> tests.stream().filter(test -> test.verdict() != CodeVerdict.AC).findFirst())
        .orElse(tests.get(tests.size() - 1));
  }

  public int passed() {
    return (int) tests.stream().filter(test -> test.verdict() == CodeVerdict.AC).count();
  }

  /** The verdict, how many were passed, and what went wrong first. */
  public String reason() {
    TestReport deciding = deciding();
    String counts = passed() + " of " + total + " tests passed";
    return deciding.verdict() == CodeVerdict.AC
        ? "AC: " + counts
        : deciding.verdict()
            + ": "
            + counts
            + "; test "
            + deciding.number()
            + ": "
            + deciding.reason();
  }
}
