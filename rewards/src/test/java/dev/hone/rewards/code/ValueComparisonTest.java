package dev.hone.rewards.code;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValueComparisonTest {

  private static PythonValue tagged(String json) throws Json.Malformed {
    return PythonValue.tagged(Json.read(json));
  }

  private static boolean equal(String expected, String actual, double tolerance)
      throws Json.Malformed {
    return new ValueComparison(tolerance).equal(tagged(expected), tagged(actual));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          1 | 1
          1 | {"float":"1.0"}
          1 | true
          false | {"float":"-0.0"}
          123456789012345678901234567890 | 123456789012345678901234567890
          {"float":"nan"} | {"float":"nan"}
          {"float":"-inf"} | {"float":"-inf"}
          {"tuple":[1,"a"]} | {"tuple":[1,"a"]}
          {"set":[1,2,3]} | {"frozenset":[3,1,2]}
          {"set":[{"tuple":[1,2]}]} | {"set":[{"tuple":[{"float":"1.0"},2]}]}
          {"dict":[[1,"a"],[{"tuple":[1]},null]]} | {"dict":[[{"tuple":[1]},null],[1,"a"]]}
          {"bytes":"00ff"} | {"bytes":"00ff"}
          {"complex":["1.0","2.0"]} | {"complex":["1.0","2.0"]}
          {"complex":["1.0","0.0"]} | 1
          """)
  void whatPythonCallsEqualIs(String expected, String actual) throws Json.Malformed {
    assertThat(equal(expected, actual, 0)).isTrue();
    assertThat(equal(actual, expected, 0)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          1 | 2
          1 | "1"
          1 | null
          null | false
          [1,2] | {"tuple":[1,2]}
          [1,2] | [2,1]
          [1,2] | [1,2,2]
          "a" | {"bytes":"61"}
          {"set":[1,2]} | [1,2]
          {"set":[1,2]} | {"set":[1,3]}
          {"dict":[[1,2]]} | {"dict":[["1",2]]}
          {"dict":[[1,2]]} | {"dict":[[1,2],[3,4]]}
          {"float":"inf"} | {"float":"-inf"}
          {"float":"nan"} | {"float":"0.0"}
          9007199254740993 | {"float":"9007199254740992.0"}
          {"object":"Thing"} | {"object":"Thing"}
          {"object":"Thing"} | null
          """)
  void whatPythonCallsDifferentIs(String expected, String actual) throws Json.Malformed {
    assertThat(equal(expected, actual, 0)).isFalse();
    assertThat(equal(actual, expected, 0)).isFalse();
  }

  @Test
  void fractionsMayDifferByTheTolerance() throws Json.Malformed {
    assertThat(equal("{\"float\":\"0.3\"}", "{\"float\":\"0.30000000000000004\"}", 1e-6)).isTrue();
    assertThat(equal("{\"float\":\"0.3\"}", "{\"float\":\"0.30000000000000004\"}", 0)).isFalse();
    assertThat(equal("{\"float\":\"1e9\"}", "{\"float\":\"1000000001.0\"}", 1e-6)).isTrue();
    assertThat(equal("[{\"float\":\"2.5\"}]", "[{\"float\":\"2.6\"}]", 1e-6)).isFalse();
    assertThat(equal("1000000", "1000001", 1e-6)).as("integers are exact").isFalse();
  }

  @Test
  void jsonCannotTellTuplesFromListsNorKeysFromStrings() throws Json.Malformed {
    ValueComparison comparison = new ValueComparison(0);
    PythonValue list = PythonValue.plain(Json.read("[1, [2, 3]]"));
    assertThat(comparison.equal(list, tagged("{\"tuple\":[1,{\"tuple\":[2,3]}]}"))).isTrue();
    assertThat(comparison.equal(list, tagged("{\"set\":[1]}"))).isFalse();
    PythonValue map = PythonValue.plain(Json.read("{\"1\": \"a\"}"));
    assertThat(comparison.equal(map, tagged("{\"dict\":[[1,\"a\"]]}"))).isTrue();
    assertThat(comparison.equal(map, tagged("{\"dict\":[[\"1\",\"a\"]]}"))).isTrue();
    assertThat(comparison.equal(map, tagged("{\"dict\":[[2,\"a\"]]}"))).isFalse();
  }
}
