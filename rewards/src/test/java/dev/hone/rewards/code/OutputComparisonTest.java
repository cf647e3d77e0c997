package dev.hone.rewards.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputComparisonTest {

  private static String difference(String expected, String printed, double tolerance) {
    return new OutputComparison(tolerance)
        .difference(expected, printed.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 2\n3\n", "1 2\n3", "1 2 \t\n3\r\n", "1 2\n3\n\n\n"})
  void blanksAtTheEndsAreIgnored(String printed) {
    assertThat(difference("1 2\n3\n", printed, 0)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {" 1 2\n3", "1  2\n3", "1 2\n\n3", "1 2", "", "1 2\n3\n4", "1 2\n3\0"})
  void anythingElseIsNot(String printed) {
    assertThat(difference("1 2\n3\n", printed, 1e-6)).isNotNull();
  }

  @Test
  void theDifferenceNamesTheLine() {
    assertThat(difference("a\nb", "a\nc", 0)).isEqualTo("line 2: expected 'b', printed 'c'");
    assertThat(difference("a\nb", "a", 0)).isEqualTo("expected 2 lines, printed 1");
  }

  @Test
  void numbersWithFractionsMayDiffer() {
    assertThat(difference("x 0.333333", "x 0.3333333333", 1e-6)).isNull();
    assertThat(difference("1e-3 2", "0.001 2", 1e-6)).isNull();
    assertThat(difference("0.5", "0.6", 1e-6)).isNotNull();
    assertThat(difference("0.5", "nan", 1e-6)).isNotNull();
    assertThat(difference("1000000", "1000000.5", 1e-6)).as("a whole number").isNotNull();
    assertThat(difference("0.333333", "0.3333333", 0)).isNotNull();
  }

  @Test
  void brokenUtf8EqualsNothing() {
    assertThat(new OutputComparison(0).difference("\ufffd", new byte[] {(byte) 0xFF})).isNotNull();
    assertThat(difference("größe 🙂", "größe 🙂\n", 0)).isNull();
  }
}
