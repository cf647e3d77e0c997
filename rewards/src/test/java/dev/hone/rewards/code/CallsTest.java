package dev.hone.rewards.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.rewards.code.ProblemReader.Unreadable;
import dev.hone.sandbox.Language;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions and methods of other languages than Python, called in the box and compared outside. */
class CallsTest {

  private static CodeVerifier verifier;

  @BeforeAll
  static void needsIsolation() {
    verifier = Judges.verifier();
  }

  private static CodeReport report(Language language, String program, String args, String expected)
      throws Unreadable {
    CodeProblem problem =
        ProblemReader.read(
            Judges.row(
                "entry_point",
                "f",
                "calls",
                "[{\"args\": " + args + ", \"expected\": " + expected + "}]"));
    return verifier.verify(language, program, problem);
  }

  private static String java(String program, String args, String expected) throws Unreadable {
    return report(Language.JAVA, program, args, expected).reason();
  }

  private static String js(String program, String args, String expected) throws Unreadable {
    return report(Language.JAVASCRIPT, program, args, expected).reason();
  }

  @Nested
  class InJava {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "class Solution { public int f(int a, int b) { return a + b; } }",
          "public class Solution { public static long f(long a, long b) { return a + b; } }",
          "class Sums { static Integer f(Integer a, int b) { return a + b; } }",
          "public class Main { private static int f(int... x) { return 0; }\n"
              + "  static int f(int a, int b) { return a + b; }\n"
              + "  public static void main(String[] a) { System.out.println(f(1, 1)); } }",
          "package sums.of.two; class Solution { int f(int a, int b) { return a + b; } }",
          "import java.math.BigInteger;\nclass A { BigInteger f(BigInteger a, BigInteger b) {"
              + " return a.add(b); } }",
          "class Help { int f(String a) { return 0; } }\n"
              + "class Solution { int f(int a, int b) { return a + b; } }",
        })
    void aMethodIsFoundByItsName(String program) throws Unreadable {
      assertThat(java(program, "[2, 40]", "42")).isEqualTo("AC: 1 of 1 tests passed");
      assertThat(java(program, "[2, 41]", "42")).startsWith("WA").contains("returned 43");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        textBlock =
            """
            int[] f(int[] x)                            | [[3, 1, 2]]             | [3, 1, 2]
            int[][] f(int[][] x)                        | [[[3], [1, 2], []]]     | [[3], [1, 2], []]
            List<Integer> f(List<Integer> x)            | [[3, 1]]                | [3, 1]
            List<List<String>> f(List<List<String>> x)  | [[["a"], ["b", "ü😀"]]] | [["a"], ["b", "ü😀"]]
            List<Integer>[] f(List<Integer>[] x)        | [[[1], [2]]]            | [[1], [2]]
            String f(String x)                          | ["a\\nb"]               | "a\\nb"
            char f(char x)                              | ["c"]                   | "c"
            char[] f(char[] x)                          | [["a", "b"]]            | ["a", "b"]
            char[][] f(char[][] x)                      | [["ab", ["c"]]]         | [["a", "b"], ["c"]]
            double f(double x)                          | [0.1]                   | 0.1
            double f(double x)                          | [3]                     | 3.0
            double f(double x)                          | [Infinity]              | Infinity
            double[] f(double[] x)                      | [[NaN, -1e300]]         | [NaN, -1e300]
            float f(float x)                            | [0.5]                   | 0.5
            boolean f(boolean x)                        | [true]                  | true
            Integer f(Integer x)                        | [null]                  | null
            Object f(Object x)                          | [[1, "a", 0.5, null]]   | [1, "a", 0.5, null]
            <T> List<T> f(List<T> x)                    | [[1, "a"]]              | [1, "a"]
            Map<String, Integer> f(Map<String, Integer> x) | [{"a": 1}]           | {"a": 1}
            long f(long x)                              | [9007199254740993]      | 9007199254740993
            BigInteger f(BigInteger x)                  | [123456789012345678901234567890] | 123456789012345678901234567890
            """)
    void valuesSurviveBothWays(String method, String args, String expected) throws Unreadable {
      String program = "class Solution { " + method + " { return x; } }";
      assertThat(java(program, args, expected)).isEqualTo("AC: 1 of 1 tests passed");
    }

    @Test
    void aSetIsNoList() throws Unreadable {
      String program = "class A { Set<Integer> f(List<Integer> x) { return new HashSet<>(x); } }";
      assertThat(java(program, "[[1, 2]]", "[1, 2]")).startsWith("WA");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        textBlock =
            """
            class A { int f(int x) { return y; } }                                  | CE
            class A { int f(int x) { throw new IllegalStateException("no"); } }     | RE
            class A { static int f(int x) { System.exit(0); return 1; } }           | WA
            class A { static int f(int x) { Runtime.getRuntime().halt(3); return 1; } } | RE
            class A { int g(int x) { return 1; } }                                  | RE
            class A { int f(String x) { return 1; } }                               | RE
            class A { int f(int x) { while (true) {} } }                            | TLE
            class A { Object f(int x) { return new Object() { public boolean equals(Object o) { return true; } }; } } | WA
            class A { int f(int x) { System.out.println(1); return 2; } }           | WA
            class A { A(int needed) {} int f(int x) { return 1; } }                 | RE
            """)
    void whatGoesWrongHasItsVerdict(String program, String verdict) throws Unreadable {
      assertThat(java(program, "[7]", "1")).startsWith(verdict + ":");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          // Writes the answer that it wants where answers go.
          "class A { int f(int x) throws Exception { java.nio.file.Files.writeString("
              + "java.nio.file.Path.of(\"/proc/self/fd/4\"), \"{\\\"verdict\\\": \\\"AC\\\"}\\n\");"
              + " Runtime.getRuntime().halt(0); return 0; } }",
          // Takes the place of the class that writes answers.
          "package dev.hone.rewards.code; class Json { static String write(Object o) {"
              + " return \"{\\\"passed\\\": true}\"; } }\nclass A { int f(int x) { return 0; } }",
          "class A { static { Runtime.getRuntime().halt(0); } static int f(int x) { return 0; } }",
        })
    void nothingIsWonByReachingForTheJudge(String program) throws Unreadable {
      assertThat(report(Language.JAVA, program, "[7]", "1").verdict())
          .isNotIn(CodeVerdict.AC, CodeVerdict.IE);
    }

    @Test
    void theCompilersLinesAreTheSolutions() throws Unreadable {
      assertThat(java("class A {\n  int f(int x) { return y; }\n}", "[1]", "1"))
          .startsWith("CE: 0 of 1 tests passed; test 1: Solution.java:2: cannot find symbol");
    }

    @Test
    void deepRecursionHasTheStackOfAProgram() throws Unreadable {
      String program = "class Solution { int f(int x) { return x == 0 ? 0 : 1 + f(x - 1); } }";
      assertThat(java(program, "[100000]", "100000")).startsWith("AC");
    }
  }

  @Nested
  class InJavaScript {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "function f(a, b) { return a + b; }",
          "const f = (a, b) => a + b;",
          "var f = function (a, b) { return a + b; };",
          "module.exports = { f: (a, b) => a + b };",
          "exports.f = (a, b) => a + b;",
          "class Solution { f(a, b) { return a + this.itself(b); } itself(x) { return x; } }",
        })
    void aFunctionIsFoundByItsName(String program) throws Unreadable {
      assertThat(js(program, "[2, 40]", "42")).isEqualTo("AC: 1 of 1 tests passed");
      assertThat(js(program, "[2, 41]", "42")).startsWith("WA");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        textBlock =
            """
            x                           | [[1, [2], "ü😀", null, true, 0.5]] | [1, [2], "ü😀", null, true, 0.5]
            x                           | [{"a": [1]}]  | {"a": [1]}
            new Int32Array(x)           | [[1, 2]]      | [1, 2]
            BigInt(x) * BigInt(x)       | [4294967296]  | 18446744073709551616
            new Map([[x, 1]])           | ["a"]         | {"a": 1}
            1 / x                       | [0]           | Infinity
            undefined                   | [0]           | null
            """)
    void valuesSurviveBothWays(String expression, String args, String expected) throws Unreadable {
      assertThat(js("function f(x) { return " + expression + "; }", args, expected))
          .isEqualTo("AC: 1 of 1 tests passed");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        textBlock =
            """
            function f(x) { return                            | CE
            function f(x) { throw new Error('no'); }          | RE
            function f(x) { process.exit(0); }                | WA
            function g(x) { return 1; }                       | RE
            function f(x) { while (true); }                   | TLE
            function f(x) { return '1'; }                     | WA
            """)
    void whatGoesWrongHasItsVerdict(String program, String verdict) throws Unreadable {
      assertThat(js(program, "[7]", "1")).startsWith(verdict + ":");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"C", "CPP"})
  void inOtherLanguagesAreRefusedWithARemedy(Language language) {
    assertThatThrownBy(() -> report(language, "int f(int x) { return x; }", "[1]", "1"))
        .isInstanceOf(NotCallable.class)
        .hasMessageContaining("python, java and javascript, not in " + language)
        .hasMessageContaining("reads and prints");
  }
}
