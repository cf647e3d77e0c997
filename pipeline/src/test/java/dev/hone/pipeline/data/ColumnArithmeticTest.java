package dev.hone.pipeline.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnArithmeticTest {

  private static String working(String expression) {
    return ColumnArithmetic.working(Expression.parse(expression).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "126+122 | 6+2=8,2+2=4,1+1=2",
        "392*4 | 2*4=8,9*4=36,3*4+3=15",
        "4*392 | 2*4=8,9*4=36,3*4+3=15",
        "58+67 | 8+7=15,5+6+1=12",
        "195+7 | 5+7=12,9+1=10,1+1=2",
        "523-187 | 13-7=6,12-8-1=3,5-1-1=3",
        "1000-1 | 10-1=9,10-1=9,10-1=9,1-1=0",
        "34*27 | 34*7=238,34*2=68:918",
        "340*20 | 4*2=8,3*2=6",
        "156/12 | 15/12=1r3,36/12=3r0",
        "408/4 | 4/4=1r0,0/4=0r0,8/4=2r0",
        "1200/40 | 12/4=3r0",
        "12*3+4 | 2*3=6,1*3=3>36;6+4=10,3+1=4",
        "7*8-6 | 7*8=56;6-6=0",
        "48/12*5 | 48/12=4r0>4;4*5=20",
        "2*(3+4) | 3+4=7;2*7=14",
      })
  void worksAsOnPaper(String expression, String expected) {
    assertThat(working(expression)).isEqualTo(expected);
  }

  /** Every step, read back on its own, is right. */
  @Test
  void everyStepIsTrue() {
    for (ProblemSplit split : ProblemSplit.values()) {
      for (GeneratedProblem problem : ArithmeticProblems.of(split)) {
        assertStepsAreTrue(problem.working());
      }
    }
  }

  /** Read as a person would: digits of the steps from the left, carries and zeros put back. */
  @Test
  void theStepsGiveTheAnswer() {
    Random random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      long a = random.nextInt((int) Math.pow(10, 1 + random.nextInt(5)));
      long b = random.nextInt((int) Math.pow(10, 1 + random.nextInt(5)));
      long high = Math.max(a, b);
      long low = Math.min(a, b);
      assertThat(sumFromSteps('+', a, b)).as("%d+%d", a, b).isEqualTo(a + b);
      assertThat(sumFromSteps('-', high, low)).as("%d-%d", high, low).isEqualTo(high - low);
      if (b > 0) {
        assertThat(quotientFromSteps(a * b, b)).as("%d/%d", a * b, b).isEqualTo(a);
      }
      assertThat(productFromSteps(a, b)).as("%d*%d", a, b).isEqualTo(a * b);
    }
  }

  private static long zeros(long number) {
    long zeros = 1;
    while (number > 0 && number % (zeros * 10) == 0) {
      zeros *= 10;
    }
    return zeros;
  }

  private static long sumFromSteps(char operator, long a, long b) {
    long zeros = Math.min(zeros(a), zeros(b));
    long x = a / zeros;
    long y = b / zeros;
    List<String> steps = ColumnArithmetic.steps(operator, a, b);
    long value = 0;
    long place = 1;
    for (int i = 0; i < steps.size(); i++) {
      long result = Long.parseLong(steps.get(i).substring(steps.get(i).indexOf('=') + 1));
      boolean last = i == steps.size() - 1;
      boolean top = place * 10 > Math.max(x, y);
      value += place * (operator == '+' && !(last && top) ? result % 10 : result);
      place *= 10;
    }
    // Digits above the last step are those of the longer number.
    return (value + Math.max(x, y) / place * place) * zeros;
  }

  private static long productFromSteps(long a, long b) {
    List<String> steps = ColumnArithmetic.steps('*', a, b);
    long zeros = zeros(a) * zeros(b);
    String last = steps.get(steps.size() - 1);
    boolean partial = a / zeros(a) >= 10 && b / zeros(b) >= 10;
    if (partial) {
      return Long.parseLong(last.substring(Math.max(last.indexOf(':'), last.indexOf('=')) + 1))
          * zeros;
    }
    StringBuilder digits = new StringBuilder();
    for (int i = steps.size() - 1; i >= 0; i--) {
      String result = steps.get(i).substring(steps.get(i).indexOf('=') + 1);
      digits.append(i == steps.size() - 1 ? result : result.substring(result.length() - 1));
    }
    return Long.parseLong(digits.toString()) * zeros;
  }

  private static long quotientFromSteps(long a, long b) {
    long zeros = Math.min(zeros(a), zeros(b));
    List<String> steps = ColumnArithmetic.steps('/', a, b);
    StringBuilder quotient = new StringBuilder();
    for (String step : steps) {
      quotient.append(step, step.indexOf('=') + 1, step.indexOf('r'));
    }
    // What was left undone was zeros.
    long left = a / zeros;
    long worked = Long.parseLong(quotient.toString());
    while (worked > 0 && worked * (b / zeros) < left) {
      worked *= 10;
    }
    return worked;
  }

  private static void assertStepsAreTrue(String working) {
    Pattern division = Pattern.compile("(\\d+)/(\\d+)=(\\d+)r(\\d+)");
    for (String part : working.split("[,;]")) {
      String step = part.contains(">") ? part.substring(0, part.indexOf('>')) : part;
      Matcher divided = division.matcher(step);
      if (divided.matches()) {
        long divisor = Long.parseLong(divided.group(2));
        assertThat(divisor * Long.parseLong(divided.group(3)) + Long.parseLong(divided.group(4)))
            .as(step)
            .isEqualTo(Long.parseLong(divided.group(1)));
        assertThat(Long.parseLong(divided.group(4))).as(step).isLessThan(divisor);
        continue;
      }
      String equation = step.contains(":") ? step.substring(0, step.indexOf(':')) : step;
      String[] sides = equation.split("=");
      assertThat(Expression.parse(sides[0]).orElseThrow().value().orElseThrow())
          .as(step)
          .isEqualTo(Long.parseLong(sides[1]));
    }
  }
}
