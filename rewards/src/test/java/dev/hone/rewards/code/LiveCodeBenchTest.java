package dev.hone.rewards.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hone.rewards.code.CodeProblem.CallCase;
import dev.hone.rewards.code.CodeProblem.Calls;
import dev.hone.rewards.code.CodeProblem.Stdio;
import dev.hone.rewards.code.CodeProblem.StdioCase;
import dev.hone.rewards.code.ProblemReader.Unreadable;
import dev.hone.sandbox.Language;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveCodeBenchTest {

  private static final String PUBLIC =
      "[{\"input\": \"[7]\\n1\", \"output\": \"[7]\", \"testtype\": \"functional\"}]";

  private static final String FUNCTION = "{\"func_name\": \"repeat\"}";

  /**
   * Two tests, of {@code [1, 2]} times 3 and of a string with an accent and an emoji: base64 of
   * zlib of {@code pickle.dumps(json.dumps(tests, ensure_ascii=False), protocol)}, as CPython 3.11
   * wrote them.
   */
  private static Map<String, Object> row(String privateTests) {
    return Judges.row(
        "question_content",
        "Multiply.",
        "starter_code",
        "class Solution:\n    def repeat(self, xs: List[int], n: int) -> List[int]:\n        ",
        "public_test_cases",
        PUBLIC,
        "private_test_cases",
        privateTests,
        "metadata",
        FUNCTION);
  }

  private static String packed(byte[] pickle) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater = new DeflaterOutputStream(bytes)) {
      deflater.write(pickle);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static String packed(String pickle) {
    return packed(pickle.getBytes(StandardCharsets.ISO_8859_1));
  }

  @ParameterizedTest(name = "protocol {0}")
  @CsvSource({
    "0, eJwLi65WyswrKC1RslJQijbUUTCKjSk1MDBNzjNW0lFQyi8tgckZ6yiYxYLESlKLS0oqC1JBommlecklmfl5iTlKtToKyEZBTFF6GRNqYGBgmGZmYAARgZoOlYZZZoRmGQHdhEzF58xYrgIDLj0AD8ZKnQ==",
    "1, eJyLWM7AwBBdrZSZV1BaomSloBRtqKNgFBuTZ6yko6CUX1oCEzbWUTCLBYmVpBaXlFQWpIJE00rzkksy8/MSc5RqdRSQTYlROrzyw/wZDTExeTFKQOOM0IxDkkdWiM+C2EIGPQBT/Dwb",
    "2, eJxrYIpYzsDAEF2tlJlXUFqiZKWgFG2oo2AUG5NnrKSjoJRfWgITNtZRMIsFiZWkFpeUVBakgkTTSvOSSzLz8xJzlGp1FJBNiVE6vPLD/BkNMTF5MUpA44zQjEOSR1aIz4LYQgY9AK3ePJ0=",
    "3, eJxrYI5YzsDAEF2tlJlXUFqiZKWgFG2oo2AUG5NnrKSjoJRfWgITNtZRMIsFiZWkFpeUVBakgkTTSvOSSzLz8xJzlGp1FJBNiVE6vPLD/BkNMTF5MUpA44zQjEOSR1aIz4LYQgY9AK6OPJ4=",
    "4, eJxrYJm6mgECepZHVytl5hWUlihZKShFG+ooGMXG5Bkr6Sgo5ZeWwISNdRTMYkFiJanFJSWVBakg0bTSvOSSzPy8xBylWh0FZFNilA6v/DB/RkNMTF6MEtA4IzTjkOSRFeKzIHaKHgB2VD42",
    "5, eJxrYJ26mgECepZHVytl5hWUlihZKShFG+ooGMXG5Bkr6Sgo5ZeWwISNdRTMYkFiJanFJSWVBakg0bTSvOSSzPy8xBylWh0FZFNilA6v/DB/RkNMTF6MEtA4IzTjkOSRFeKzIHaKHgB3CT43"
  })
  void privateTestsAreReadInEveryProtocolOfPickle(int protocol, String privateTests)
      throws Unreadable {
    Calls calls = (Calls) ProblemReader.read(row(privateTests));

    assertThat(calls.function()).isEqualTo("repeat");
    assertThat(calls.cases()).hasSize(3);
    CallCase second = calls.cases().get(1);
    assertThat(PythonValue.shown(second.args().get(0))).isEqualTo("[1, 2]");
    assertThat(second.args().get(1)).isEqualTo(new PythonValue.Int(BigInteger.valueOf(3)));
    assertThat(PythonValue.shown(second.expected().get(0))).isEqualTo("[3, 6]");
    CallCase third = calls.cases().get(2);
    assertThat(PythonValue.shown(third.args().get(0))).isEqualTo("['é😀\n']");
    assertThat(PythonValue.shown(third.expected().get(0))).isEqualTo("['é😀\né😀\n']");
  }

  @Test
  void longTestsOfProgramsAreRead() throws Unreadable {
    String privateTests =
        "eJxrYJl6gZEBDCJOAhnR1UqZeQWlJUpWCkqGCqNwMMGYPCUdBaX80hJo/BgZGECESlKLS0oqC1JBgsUlKZl5SrWxU/QA0KtUsA==";
    Stdio programs =
        (Stdio)
            ProblemReader.read(
                Judges.row(
                    "public_test_cases",
                    "[]",
                    "private_test_cases",
                    privateTests,
                    "metadata",
                    "{}"));

    assertThat(programs.cases()).containsExactly(new StdioCase("1 ".repeat(200) + "\n", "200\n"));
  }

  @Test
  void privateTestsMayBeJsonToo() throws Unreadable {
    assertThat(ProblemReader.read(row(PUBLIC)).tests()).isEqualTo(2);
  }

  @Test
  void oneOfTheColumnsCanBeNamedAlone() throws Unreadable {
    Map<String, Object> row = row("gone");
    CodeProblem problem =
        ProblemReader.read(row, "public_test_cases", row.get("public_test_cases"));
    assertThat(problem.tests()).isEqualTo(1);
  }

  @Test
  void theStarterCodeNamesTheFunctionWhereTheMetadataDoNot() throws Unreadable {
    Map<String, Object> row = row(PUBLIC);
    row.put("metadata", "{}");
    assertThat(((Calls) ProblemReader.read(row)).function()).isEqualTo("repeat");

    row.put("starter_code", "");
    assertThatThrownBy(() -> ProblemReader.read(row))
        .isInstanceOf(Unreadable.class)
        .hasMessageContaining("func_name")
        .hasMessageContaining("starter_code");
  }

  @Nested
  class Refused {

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            # os.system, by __reduce__
            eJxrYJmqzQABPawF+cWZFVN62Iori0tSc6dMntIjUJJfmpyhoF+SW6BfUJ6XmjKldUrQFD0AyJ0S/A== | opcode
            # a list with a string, a pair, and bytes
            eJxrYJl6iQECYqf0nI6uVsrMKygtUbJSUIo21FEwio3JM1bSUVDKLy2BCRvrKJjFgsRKUotLSioLUkGiaaV5ySWZ+XmJOUq1OgrIpsQoxZQaGKRaxpSmWBinAMlUA4OYmLwYJaDRRmhG41KLwwB8joidkqgHAOsRRQE= | opcode
            eJxrYIpgZGBgSCxkANNJhYxthUx6ACsxBAI= | opcode
            eJxrYJnKxgABzkzRsVP0ABdVAt8= | opcode
            # no base64, no zlib
            not base64 at all! | neither JSON nor base64
            aGVsbG8gd29ybGQ= | neither JSON nor base64
            """)
    void isWhateverElseAPickleHolds(String privateTests, String why) {
      assertThatThrownBy(() -> ProblemReader.read(row(privateTests)))
          .isInstanceOf(Unreadable.class)
          .hasMessageStartingWith("private_test_cases")
          .hasMessageContaining(why)
          .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1).hasSizeLessThan(200));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "", // nothing
          ".", // no string
          "\u0080\u0004\u008c\u0005abc.", // shorter than it says
          "\u0080\u0002X\u00ff\u00ff\u00ff\u00ff[].", // a length below zero
          "\u0080\u0002X\u00ff\u00ff\u00ff\u007f[].", // 2 GiB of three bytes
          "\u0080\u0002X\u0002\u0000\u0000\u0000[]q", // cut off
          "\u0080\u0002X\u0002\u0000\u0000\u0000[].x", // more after the end
          "\u0080\u0002X\u0002\u0000\u0000\u0000[]X\u0001\u0000\u0000\u0000a.", // two strings
          "\u0080\u0002X\u0001\u0000\u0000\u0000\u00ff.", // no UTF-8
          "V\\u12\np0\n.", // half an escape
          "V\\U7fffffff\np0\n.", // no such character
          "V[]", // a line without an end
        })
    void isABrokenPickle(String pickle) {
      assertThatThrownBy(() -> ProblemReader.read(row(packed(pickle))))
          .isInstanceOf(Unreadable.class)
          .hasMessageContaining("pickle");
    }

    @Test
    void isWhatUnpacksWithoutEnd() {
      String bomb = packed(new byte[(256 << 20) + 1]);
      assertThat(bomb).hasSizeLessThan(1 << 20);
      assertThatThrownBy(() -> ProblemReader.read(row(bomb)))
          .hasMessageContaining("unpacks to more than 256 MiB");
    }

    @Test
    void isAProblemOfBothTypes() {
      assertThatThrownBy(() -> ProblemReader.read(row(PUBLIC.replace("functional", "stdin"))))
          .hasMessageContaining("two types");
    }
  }

  @Nested
  class Judged {

    private CodeVerdict verdict(String program) throws Unreadable {
      return Judges.verifier()
          .verify(Language.PYTHON, program, ProblemReader.read(row(PUBLIC)))
          .verdict();
    }

    @Test
    void isTheMethodOfTheClass() throws Unreadable {
      String solution = "class Solution:\n  def repeat(self, xs: List[int], n: int):\n    return ";
      assertThat(verdict(solution + "[n * x for x in xs]")).isEqualTo(CodeVerdict.AC);
      assertThat(verdict(solution + "tuple(n * x for x in xs)")).isEqualTo(CodeVerdict.AC);
      assertThat(verdict(solution + "xs + xs")).isEqualTo(CodeVerdict.WA);
    }

    @Test
    void isNotWhatTheDataSetPresumesToBeImported() throws Unreadable {
      assertThat(verdict("pass")).as("itertools has a repeat").isEqualTo(CodeVerdict.RE);
      String solution =
          "def repeat(xs: List[int], n): return [gcd(x, 0) * n for x in islice(xs, 9)]";
      assertThat(verdict(solution)).isEqualTo(CodeVerdict.AC);
    }

    @Test
    void isTheValueAndNotWhatIsInIt() throws Unreadable {
      String solution = "class Solution:\n  def repeat(self, xs, n):\n    return xs[0]";
      assertThat(verdict(solution)).as("7 is not [7]").isEqualTo(CodeVerdict.WA);
    }
  }
}
