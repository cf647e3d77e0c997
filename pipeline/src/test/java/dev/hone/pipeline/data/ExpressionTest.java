package dev.hone.pipeline.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Strings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionTest {

  @ParameterizedTest
  @CsvSource({
    "1+2*3, 7",
    "(1+2)*3, 9",
    "20-5-5, 10",
    "100/5/2, 10",
    "100/(10/2), 20",
    "2*(3+(4-1)), 12",
    "0*5, 0",
    "99999+1, 100000"
  })
  void hasTheUsualPrecedence(String text, long value) {
    assertThat(Expression.parse(text).orElseThrow().value()).contains(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "5",
        "+3",
        "-3+5",
        "1+",
        "1++2",
        "(1+2",
        "1+2)",
        "01+2",
        "1.5+2",
        "1 + 2",
        "1/",
        "2(3)",
        "1234567890+1"
      })
  void refusesWhatIsNoExpressionOfWholeNumbers(String text) {
    assertThat(Expression.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"3-5", "3-5+9", "5/2", "5/2*2", "5/0", "1/(3-3)", "99999*99999*9"})
  void hasNoValueWhereAStepHasNone(String text) {
    assertThat(Expression.parse(text).orElseThrow().value()).isEmpty();
  }

  @Test
  void deepParenthesesAreRefused() {
    assertThat(Expression.parse(Strings.repeat("(", 100_000) + "1+1")).isEmpty();
  }
}
