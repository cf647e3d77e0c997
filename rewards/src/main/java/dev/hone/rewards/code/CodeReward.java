package dev.hone.rewards.code;

import dev.hone.rewards.Columns;
import dev.hone.rewards.InvalidReward;
import dev.hone.rewards.Judgement;
import dev.hone.rewards.RewardFunction;
import dev.hone.rewards.RewardInput;
import dev.hone.rewards.Verdict;
import dev.hone.rewards.code.CodeProblem.Checks;
import dev.hone.sandbox.Execution;
import dev.hone.sandbox.Language;
import dev.hone.sandbox.Limits;
import dev.hone.sandbox.Sandbox;
import dev.hone.sandbox.SandboxSettings;
import dev.hone.sandbox.SandboxUnavailable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the program of a completion on the tests of its row. The score is 1 where all are passed, or
 * the fraction that is; NaN, with the verdict {@link Verdict#ERROR}, where the sandbox failed.
 */
public final class CodeReward implements RewardFunction {

  /** How tests become a score. */
  public enum Score {
    ALL,
    FRACTION
  }

  private static final int EXTRACTED = 4000;

  private final SandboxSettings settings;
  private final Language language;
  private final String column;
  private final Score score;
  private final Limits limits;
  private final double tolerance;

  /**
   * @param settings how programs run
   * @param language what completions are written in
   * @param column the column with the tests; empty where they are columns of the row
   * @param score how tests become a score
   * @param limits what one test may take
   * @param tolerance by how much numbers with a fraction may differ
   */
  public CodeReward(
      SandboxSettings settings,
      Language language,
      String column,
      Score score,
      Limits limits,
      double tolerance) {
    this.settings = settings;
    this.language = language;
    this.column = column;
    this.score = score;
    this.limits = limits;
    this.tolerance = tolerance;
  }

  @Override
  public int concurrency() {
    return settings.concurrency();
  }

  /** Stops a run before it begins, on a machine that cannot run programs. */
  @Override
  public void prepare() {
    try {
      Sandbox.shared(settings).isolation();
    } catch (SandboxUnavailable e) {
      throw new InvalidReward(e.getMessage(), e);
    }
  }

  @Override
  public Judgement judge(RewardInput input) {
    CodeProblem problem;
    try {
      problem =
          column.isEmpty()
              ? ProblemReader.read(input.columns())
              : ProblemReader.read(input.columns(), column, Columns.value(input.columns(), column));
    } catch (ProblemReader.Unreadable e) {
      return Judgement.notApplicable(TestReport.line(e.getMessage()));
    }
    Optional<String> code = CodeExtraction.program(input.completion(), language);
    if (code.isEmpty()) {
      return Judgement.noAnswer("no program in " + language + " was found");
    }
    String program = code.get();
    if (problem instanceof Checks checks && !checks.prompt().isEmpty()) {
      program = CodeExtraction.continued(checks.prompt(), checks.function(), program);
    }
    try {
      CodeVerifier verifier =
          new CodeVerifier(Sandbox.shared(settings), limits, tolerance, score == Score.ALL);
      return judgement(code.get(), verifier.verify(language, program, problem));
    } catch (NotCallable e) {
      return Judgement.notApplicable(e.getMessage());
    } catch (SandboxUnavailable e) {
      return new Judgement(
          Double.NaN, Verdict.ERROR, cut(code.get()), e.getMessage(), verdicts(CodeVerdict.IE));
    }
  }

  private Judgement judgement(String code, CodeReport report) {
    boolean failed = report.verdict() == CodeVerdict.IE;
    boolean all = report.verdict() == CodeVerdict.AC;
    double fraction = (double) report.passed() / report.total();
    double points = failed ? Double.NaN : score == Score.ALL ? (all ? 1 : 0) : fraction;
    Verdict verdict = failed ? Verdict.ERROR : all ? Verdict.CORRECT : Verdict.INCORRECT;
    return new Judgement(points, verdict, cut(code), report.reason(), measures(report, fraction));
  }

  private static String cut(String code) {
    return code.length() <= EXTRACTED ? code : code.substring(0, EXTRACTED);
  }

  /** For each verdict 1 or 0, so that their means are shares. */
  private static Map<String, Double> verdicts(CodeVerdict given) {
    Map<String, Double> measures = new LinkedHashMap<>();
    for (CodeVerdict verdict : CodeVerdict.values()) {
      measures.put("verdict/" + verdict, verdict == given ? 1.0 : 0.0);
    }
    return measures;
  }

  /** The verdict, the share of tests that were passed, and what they took. */
  private static Map<String, Double> measures(CodeReport report, double fraction) {
    Map<String, Double> measures = verdicts(report.verdict());
    measures.put("tests_passed", fraction);
    double cpu = 0;
    double wall = 0;
    double memory = 0;
    for (TestReport test : report.tests()) {
      Execution execution = test.execution();
      cpu += execution.cpu().toNanos() / 1e9;
      wall += execution.wall().toNanos() / 1e9;
      memory = Math.max(memory, execution.memoryBytes() / 1e6);
    }
    measures.put("cpu_s", cpu);
    measures.put("wall_s", wall);
    measures.put("memory_mb", memory);
    return measures;
  }
}
