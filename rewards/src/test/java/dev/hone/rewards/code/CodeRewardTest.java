package dev.hone.rewards.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.rewards.InvalidReward;
import dev.hone.rewards.Judgement;
import dev.hone.rewards.RewardFunction;
import dev.hone.rewards.RewardInput;
import dev.hone.rewards.RewardRegistry;
import dev.hone.rewards.Verdict;
import dev.hone.sandbox.SandboxSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CodeRewardTest {

  private static final Map<String, Object> SUMS =
      Judges.row("inputs", List.of("1 2\n", "30 4\n"), "outputs", List.of("3\n", "34\n"));

  @BeforeAll
  static void needsIsolation() {
    Judges.sandbox();
  }

  private static Judgement judge(String code, Map<String, Object> row, Object... options) {
    RewardFunction reward =
        RewardRegistry.standard(SandboxSettings.standard().withSlots(2))
            .create("code", Judges.row(options));
    return reward.judge(new RewardInput("a prompt", code, 1, true, row));
  }

  private static String fenced(String code) {
    return "Here it is:\n```python\n" + code + "\n```\n";
  }

  @Nested
  class Programs {

    @Test
    void thatPrintWhatTheyShouldAreRight() {
      Judgement judgement = judge(fenced("print(sum(map(int, input().split())))"), SUMS);
      assertThat(judgement.score()).isEqualTo(1);
      assertThat(judgement.verdict()).isEqualTo(Verdict.CORRECT);
      assertThat(judgement.reason()).isEqualTo("AC: 2 of 2 tests passed");
      assertThat(judgement.measures()).containsEntry("verdict/AC", 1.0).containsKey("cpu_s");
    }

    @Test
    void thatPassSomeTestsGetTheFractionWhereThatIsAsked() {
      String constant = fenced("input(); print(3)");
      assertThat(judge(constant, SUMS).score()).isZero();
      Judgement fraction = judge(constant, SUMS, "score", "fraction");
      assertThat(fraction.score()).isEqualTo(0.5);
      assertThat(fraction.reason())
          .isEqualTo("WA: 1 of 2 tests passed; test 2: line 1: expected '34', printed '3'");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        textBlock =
            """
            print(                                        | CE
            print(3); raise SystemExit(1)                 | RE
            print(3); import os; os.kill(os.getpid(), 11) | RE
            print(3); while_ = [0 for _ in iter(int, 1)]  | MLE
            import time; print(3); time.sleep(60)         | TLE
            while True: print(3)                          | OLE
            print(4)                                      | WA
            """)
    void eachFailureHasItsVerdict(String code, String verdict) {
      Judgement judgement = judge(fenced(code), SUMS, "wall_seconds", 2, "memory_mb", 100);
      assertThat(judgement.reason()).startsWith(verdict + ":");
      assertThat(judgement.score()).isZero();
      assertThat(judgement.measures()).containsEntry("verdict/" + verdict, 1.0);
    }

    @Test
    void inOtherLanguagesAreRunToo() {
      Judgement judgement =
          judge(
              "```js\nconst [a, b] = require('fs').readFileSync(0, 'utf8').split(' ');"
                  + " console.log(+a + +b);\n```",
              SUMS,
              "language",
              "javascript");
      assertThat(judgement.reason()).startsWith("AC");
      assertThat(judge("```js\nlet let = (;\n```", SUMS, "language", "javascript").reason())
          .startsWith("CE");
    }
  }

  @Nested
  class Functions {

    private static final Map<String, Object> CALLS =
        Judges.row(
            "entry_point",
            "f",
            "calls",
            List.of(
                Map.of("args", List.of(List.of(1, 2)), "expected", List.of(1, 2, 3)),
                Map.of("args", List.of(List.of()), "expected", List.of(3))));

    @Test
    void areCalledAndComparedOutside() {
      assertThat(judge(fenced("def f(x): return x + [3]"), CALLS).reason()).startsWith("AC: 2");
      assertThat(judge(fenced("def f(x): return tuple(x) + (3,)"), CALLS).reason())
          .startsWith("AC");
      assertThat(judge(fenced("def f(x): return [1, 2, 3]"), CALLS).reason())
          .isEqualTo("WA: 1 of 2 tests passed; test 2: expected [3], returned [1, 2, 3]");
      assertThat(judge(fenced("def g(x): return x"), CALLS).reason())
          .startsWith("RE: 0 of 2 tests passed; test 1: NameError");
      assertThat(judge(fenced("def f(x): return 1 / 0"), CALLS).reason())
          .contains("ZeroDivisionError");
      assertThat(judge(fenced("def f(x) return"), CALLS).reason()).startsWith("CE");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "import sys; sys.exit(0)",
          "import os; os._exit(0)",
          "def f(x): import os; os._exit(0)",
          "class L(list):\n  def __eq__(self, o): return True\ndef f(x): return L()",
          "class T:\n  def __eq__(self, o): return True\ndef f(x): return T()",
          "import os\ndef f(x):\n  os.write(4, b'{\"returned\": [1]}\\n'); os._exit(0)",
          "import os\nos.write(4, b'{\"ready\": true}\\n{\"returned\": {}}\\n')\ndef f(x): pass",
          "import os\nos.write(4, b'{\"verdict\": \"AC\", \"passed\": true}\\n')\ndef f(x): pass",
          "import json\njson.dumps = lambda *a: '{\"returned\": [[[[\"passed\"'\ndef f(x): pass",
          "import gc, sys\ndef f(x):\n  g = [o for o in gc.get_objects() if isinstance(o, dict)"
              + " and 'expected' in o]\n  return g[0]['expected'] if g else None",
          "import sys\ndef f(x):\n  q = sys._getframe()\n  while q:\n    for v in"
              + " q.f_locals.values():\n      if isinstance(v, dict) and 'expected' in v: return"
              + " v['expected']\n    q = q.f_back",
          "import glob\ndef f(x):\n  for p in glob.glob('**', recursive=True):\n    t ="
              + " open(p).read()\n    if 'expected' in t and 'json' not in t: return [3]",
          "def f(x): return (i for i in [1, 2, 3])",
        })
    void cannotBeFaked(String code) {
      Judgement judgement = judge(fenced(code), CALLS);
      assertThat(judgement.score()).isZero();
      assertThat(judgement.verdict()).isEqualTo(Verdict.INCORRECT);
    }

    @Test
    void ofLiveCodeBenchAreRead() {
      Map<String, Object> row =
          Judges.row(
              "input_output",
              "{\"fn_name\": \"twice\", \"inputs\": [\"[1, 2]\\n2\"], \"outputs\": [\"[2, 4]\"]}");
      assertThat(
              judge(
                      fenced(
                          "class Solution:\n  def twice(self, xs: List[int], n: int) -> List[int]:"
                              + "\n    return [n * x for x in xs]"),
                      row)
                  .reason())
          .startsWith("AC");
    }

    @Test
    void ofJavaScriptAreCalled() {
      assertThat(
              judge(
                      "```js\nfunction f(x) { return [...x, 3]; }\n```",
                      CALLS,
                      "language",
                      "javascript")
                  .reason())
          .startsWith("AC: 2");
      assertThat(judge("```js\nconst f = x => [1,2,3];\n```", CALLS, "language", "js").reason())
          .startsWith("WA: 1 of 2");
    }

    @Test
    void hugeAndOddValuesSurvive() {
      Map<String, Object> row =
          Judges.row(
              "entry_point",
              "f",
              "calls",
              "[{\"args\": [], \"expected\": 1" + "0".repeat(5000) + "}]");
      assertThat(judge(fenced("def f(): return 10 ** 5000"), row).reason()).startsWith("AC");
      assertThat(judge(fenced("def f(): return 10 ** 5000 + 1"), row).reason()).startsWith("WA");
    }
  }

  @Nested
  class TestsOfTheDataSet {

    private static final Map<String, Object> HUMAN_EVAL =
        Judges.row(
            "prompt",
            "def add(a, b):\n    \"\"\"Adds.\"\"\"\n",
            "entry_point",
            "add",
            "test",
            "def check(candidate):\n    assert candidate(1, 2) == 3\n"
                + "    assert [candidate(i, 1) for i in range(3)] == [1, 2, 3]\n");

    @ParameterizedTest
    @ValueSource(
        strings = {
          "    return a + b\n",
          "```python\n    return a + b\n```",
          "```python\ndef add(a, b):\n    return a + b\n```",
        })
    void acceptARightCompletion(String completion) {
      assertThat(judge(completion, HUMAN_EVAL).reason()).isEqualTo("AC: 1 of 1 tests passed");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "    return a - b\n",
          "    import os; os._exit(0)\n",
          "    raise SystemExit(0)\n",
          "    class Yes(int):\n        def __eq__(self, o): return True\n    return Yes(7)\n",
          "    class Yes:\n        def __eq__(self, o): return True\n    return Yes()\n",
          "    import builtins; builtins.AssertionError = Exception; return 0\n",
          "    import os; os.write(4, b'{\"passed\": true}\\n'); return 0\n",
          "    import atexit, os; atexit.register(lambda: os._exit(0)); return 0\n",
          "    import sys; sys.modules['__main__'].check = lambda c: None; return 0\n",
          "    import sys\n    f = sys._getframe()\n    while f:\n"
              + "        f.f_globals['check'] = lambda c: None; f = f.f_back\n    return 0\n",
        })
    void acceptNothingElse(String completion) {
      Judgement judgement = judge(completion, HUMAN_EVAL);
      assertThat(judgement.score()).isZero();
      assertThat(judgement.verdict()).isEqualTo(Verdict.INCORRECT);
    }

    @Test
    void ofMbppAreEachATest() {
      Map<String, Object> row =
          Judges.row(
              "test_list",
              List.of(
                  "assert set(shared((3, 4), (4, 5))) == {4}",
                  "assert shared((1,), (2,)) == ()",
                  "assert length([Pair(1, 2), Pair(3, 4)]) == 2"),
              "test_setup_code",
              "");
      String program =
          "class Pair:\n  def __init__(self, a, b): self.a = a\n"
              + "def length(ps): return sum(1 for p in ps if isinstance(p, Pair))\n"
              + "def shared(a, b): return tuple(set(a) & set(b))\n";
      assertThat(judge(fenced(program), row).reason()).isEqualTo("AC: 3 of 3 tests passed");
      assertThat(
              judge(fenced(program.replace("& set(b)", "| set(b)")), row, "score", "fraction")
                  .score())
          .isEqualTo(1.0 / 3);
    }

    @Test
    void thatAreBrokenAreNotThePrograms() {
      Map<String, Object> row = new LinkedHashMap<>(HUMAN_EVAL);
      row.put("test", "def check(candidate:\n");
      Judgement judgement = judge("    return a + b\n", row);
      assertThat(judgement.verdict()).isEqualTo(Verdict.ERROR);
      assertThat(judgement.score()).isNaN();
      assertThat(judgement.reason()).startsWith("IE").contains("test code itself failed");
    }
  }

  @Test
  void rowsWithoutTestsAreNotApplicable() {
    Judgement judgement = judge(fenced("print(1)"), Judges.row("answer", "1"));
    assertThat(judgement.verdict()).isEqualTo(Verdict.NOT_APPLICABLE);
    assertThat(judgement.reason()).contains("HumanEval", "MBPP", "[answer]");
  }

  @Test
  void aResponseWithoutAProgramIsNoAnswer() {
    assertThat(judge("<think>hm", SUMS).verdict()).isEqualTo(Verdict.NO_ANSWER);
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> judge("", SUMS, "language", "cobol"))
        .isInstanceOf(InvalidReward.class)
        .hasMessageContaining("cobol")
        .hasMessageContaining("javascript");
    assertThatThrownBy(() -> judge("", SUMS, "cpu_seconds", -1))
        .hasMessageContaining("at least 0.1");
  }
}
