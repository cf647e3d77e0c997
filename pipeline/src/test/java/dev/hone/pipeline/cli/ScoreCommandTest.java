package dev.hone.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code hone score} by its command line, in this process. */
class ScoreCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path SHARED =
      Path.of(System.getProperty("hone.shared", "../shared")).toAbsolutePath().normalize();

  @TempDir Path folder;

  private record Outcome(int code, String out, String err) {}

  private static Outcome hone(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = Stream.of(arguments).map(String::valueOf).toArray(String[]::new);
    int code = Hone.run(new PrintWriter(out), new PrintWriter(err), texts);
    return new Outcome(code, out.toString(), err.toString());
  }

  private static Outcome score(Path in, Path out, Object... more) {
    List<Object> arguments =
        new ArrayList<>(List.of("score", "--verifier", "final_number", in, "--out", out));
    arguments.addAll(List.of(more));
    return hone(arguments.toArray());
  }

  private Path file(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  private static List<JsonNode> rows(Path file) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  private static List<Row> parquet(Path file) throws IOException {
    try (SparkSession spark = spark()) {
      return spark.read().parquet(file.toUri().toString()).collectAsList();
    }
  }

  private static SparkSession spark() {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate();
  }

  /** One Parquet file of rows, as Spark writes it. */
  private Path parquetFile(String name, String... json) throws IOException {
    Path lines = file(name + ".lines.jsonl", json);
    Path written = folder.resolve(name + ".written");
    try (SparkSession spark = spark()) {
      spark
          .read()
          .json(lines.toUri().toString())
          .coalesce(1)
          .write()
          .parquet(written.toUri().toString());
    }
    try (Stream<Path> files = Files.list(written)) {
      Path only = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
      return Files.move(only, folder.resolve(name));
    }
  }

  @Nested
  class JsonLines {

    @Test
    void writeEveryRowBackWholeWithItsJudgement() throws IOException {
      Path in =
          file(
              "answers.jsonl",
              "{\"id\": 9007199254740993, \"response\": \"so 48+24 = 72\\n#### 72\","
                  + " \"reference\": \"72\", \"p\": 0.10000000000000000000001, \"tags\": [1, null]}",
              "{\"response\": \"I think it is 5.\", \"reference\": 6, \"ünï\": \"½ 😀\"}",
              "{\"response\": \"no idea\", \"reference\": \"6\"}",
              "{\"response\": \"6\", \"reference\": \"six\"}");
      Path out = folder.resolve("scored.jsonl");

      Outcome outcome = score(in, out);

      assertThat(outcome.code()).as(outcome.err()).isZero();
      List<JsonNode> rows = rows(out);
      assertThat(rows)
          .extracting(row -> row.path("verdict").asText())
          .containsExactly("CORRECT", "INCORRECT", "NO_ANSWER", "NOT_APPLICABLE");
      assertThat(rows)
          .extracting(row -> row.get("score").toString())
          .containsExactly("1.0", "0.0", "0.0", "null");
      assertThat(rows.get(0).get("extracted").asText()).isEqualTo("72");
      assertThat(rows.get(1).get("reason").asText()).contains("the reference is 6");
      List<String> written = Files.readAllLines(out);
      assertThat(written.get(0))
          .startsWith("{\"id\":9007199254740993,\"response\":\"so 48+24")
          .contains("\"p\":0.10000000000000000000001,\"tags\":[1,null],\"score\":1.0,");
      assertThat(written.get(1)).contains("\"ünï\":\"½ 😀\"");
      assertThat(outcome.out())
          .startsWith("4 rows  mean score 0.3333 over 3  ")
          .contains("CORRECT 1", "INCORRECT 1", "NO_ANSWER 1", "NOT_APPLICABLE 1", "rows/s");
      assertThat(outcome.err()).contains("score: 4 rows").endsWith("Scored rows: " + out + "\n");
    }

    @Test
    void keepTheirOrderOverManyBatchesAndPartitions() throws IOException {
      int count = 20_000;
      String[] lines = new String[count];
      for (int i = 0; i < count; i++) {
        // Of very different lengths, so that no two partitions end together.
        lines[i] =
            "{\"i\": %d, \"response\": \"%s %d\", \"reference\": \"%d\"}"
                .formatted(i, "x".repeat(i % 7 == 0 ? 900 : 1), i, i % 3 == 0 ? i : -1);
      }
      Path out = folder.resolve("scored.jsonl");

      assertThat(score(file("many.jsonl", lines), out, "--threads", 2).code()).isZero();

      List<JsonNode> rows = rows(out);
      assertThat(rows).hasSize(count);
      for (int i = 0; i < count; i++) {
        assertThat(rows.get(i).get("i").asInt()).isEqualTo(i);
        assertThat(rows.get(i).get("score").asDouble()).isEqualTo(i % 3 == 0 ? 1 : 0);
        assertThat(rows.get(i).get("extracted").asText()).isEqualTo(String.valueOf(i));
      }
    }

    @Test
    void becomeParquetWithTypedColumnsWhereTheOutputEndsSo() throws IOException {
      Path in =
          file(
              "answers.jsonl",
              "{\"zeta\": 1, \"response\": \"#### 7\", \"reference\": \"7\", \"m\": {\"a\": [2]}}",
              "{\"zeta\": 2, \"response\": \"none\", \"reference\": \"7\", \"empty\": {}}",
              "not json");
      Path out = folder.resolve("scored.parquet");

      assertThat(score(in, out).code()).isZero();

      assertThat(out).isRegularFile();
      List<Row> rows = parquet(out);
      assertThat(rows.get(0).schema().fieldNames())
          .containsExactly(
              "zeta",
              "response",
              "reference",
              "m",
              "empty",
              "line",
              "score",
              "verdict",
              "extracted",
              "reason");
      assertThat(rows).extracting(row -> row.getAs("zeta")).containsExactly(1L, 2L, null);
      assertThat(rows).extracting(row -> row.getAs("score")).containsExactly(1.0, 0.0, null);
      assertThat(rows.get(2).<String>getAs("line")).isEqualTo("not json");
      assertThat(rows.get(1).<String>getAs("empty")).isEqualTo("{}");
    }

    @Test
    void fillAFolderInPartsWhereTheOutputHasNoSuchEnding() throws IOException {
      Path in = file("answers.jsonl", "{\"response\": \"#### 7\", \"reference\": \"7\"}");
      Path out = folder.resolve("deeper/scored");

      assertThat(score(in, out).code()).isZero();

      assertThat(rows(out.resolve("part-00000.jsonl"))).hasSize(1);
      assertThat(score(in, out).err())
          .as("what is there is not replaced")
          .contains("is a folder with something in it");
    }

    @Test
    void replaceTheScoresOfAnEarlierScoring() throws IOException {
      Path in = file("answers.jsonl", "{\"response\": \"#### 7\", \"reference\": \"7\"}");
      Path once = folder.resolve("once.jsonl");
      Path twice = folder.resolve("twice.jsonl");

      score(in, once);
      score(once, twice);

      assertThat(twice).hasSameTextualContentAs(once);
    }
  }

  @Nested
  class BadRows {

    @Test
    void costNoOtherRowAndAreNamedWithTheirLine() throws IOException {
      Path in =
          file(
              "answers.jsonl",
              "{\"response\": \"#### 7\", \"reference\": \"7\"}",
              "{\"response\": \"#### 7\", \"refer",
              "",
              "[1, 2]",
              "{\"reference\": \"7\", \"text\": \"#### 7\"}",
              "{\"response\": null, \"reference\": \"7\"}",
              "{\"response\": [\"a\"], \"reference\": \"7\"}",
              "{\"response\": \"#### 7\"}",
              "{\"response\": \"#### 8\", \"reference\": \"8\"}");
      Path out = folder.resolve("scored.jsonl");

      Outcome outcome = score(in, out);

      assertThat(outcome.code()).as(outcome.err()).isZero();
      List<JsonNode> rows = rows(out);
      assertThat(rows)
          .extracting(row -> row.get("verdict").asText())
          .containsExactly(
              "CORRECT", "ERROR", "ERROR", "ERROR", "ERROR", "ERROR", "ERROR", "CORRECT");
      assertThat(rows.get(1).get("line").asText()).isEqualTo("{\"response\": \"#### 7\", \"refer");
      assertThat(rows.subList(1, 7))
          .allSatisfy(row -> assertThat(row.get("score").isNull()).isTrue());
      assertThat(rows)
          .extracting(row -> row.get("reason").asText())
          .contains(
              "answers.jsonl:2: not a JSON object",
              "answers.jsonl:4: not a JSON object",
              "answers.jsonl:5: no response in any of [response, completion]; the row has"
                  + " [reference, text]",
              "answers.jsonl:6: the response is null, not a text",
              "answers.jsonl:7: the response is a list, not a text");
      assertThat(outcome.err())
          .contains("answers.jsonl:2: not a JSON object", "more rows have errors");
      assertThat(outcome.out()).contains("8 rows  mean score 1.0000 over 2", "ERROR 6");
    }

    @Test
    void aFileWithoutOneUsableRowStopsAndWritesNothing() throws IOException {
      Path in =
          file("answers.jsonl", "{\"output\": \"7\", \"gold\": \"7\"}", "{\"output\": \"8\"}");
      Path out = folder.resolve("scored.jsonl");

      Outcome outcome = score(in, out);

      assertThat(outcome.code()).isEqualTo(2);
      assertThat(outcome.err().lines())
          .singleElement()
          .asString()
          .startsWith("error: answers.jsonl:1: no response in any of [response, completion]")
          .contains("[output, gold]", "none of the first 2 rows", "--response");
      assertThat(folder).isDirectoryNotContaining("regex:.*scored.*");
      assertThat(score(in, out, "--response", "output", "--reference", "gold").code()).isZero();
      assertThat(rows(out))
          .extracting(row -> row.get("verdict").asText())
          .containsExactly("CORRECT", "ERROR");
    }
  }

  @Nested
  class Programs {

    private Outcome code(String... more) throws IOException {
      Path in =
          file(
              "programs.jsonl",
              "{\"response\": \"print(int(input()) * 2)\", \"inputs\": [\"21\\n\"], \"outputs\": [\"42\"]}",
              "{\"response\": \"print(41)\", \"inputs\": [\"21\\n\"], \"outputs\": [\"42\"]}");
      List<Object> arguments =
          new ArrayList<>(List.of("score", "--verifier", "code", in, "--out", scored()));
      arguments.addAll(List.of(more));
      return hone(arguments.toArray());
    }

    private Path scored() {
      return folder.resolve("scored.jsonl");
    }

    @Test
    void areRunAsTheSettingsSay() throws IOException {
      if (hone("doctor").code() != 0) {
        System.out.println("skipped: this machine cannot isolate programs; hone doctor says why");
        Assumptions.abort("this machine cannot isolate programs");
      }
      Outcome outcome = code("--set", "sandbox.slots=1", "--set", "sandbox.memory_mb=64");
      assertThat(outcome.code()).as(outcome.err()).isZero();
      assertThat(rows(scored()))
          .extracting(row -> row.get("reason").asText().substring(0, 2))
          .containsExactly("AC", "WA");
    }

    @Test
    void thatCannotBeRunStopAllBeforeAnyIsRead() throws IOException {
      Outcome outcome = code("--set", "sandbox.images.python.interpreter=/no/such/python");
      assertThat(outcome.code()).isEqualTo(2);
      assertThat(outcome.err().lines())
          .singleElement()
          .asString()
          .contains("/no/such/python", "sandbox.images.python");
      assertThat(scored()).doesNotExist();
    }

    @Test
    void areNotRunBySettingsThatDoNotExist() throws IOException {
      Outcome outcome = code("--set", "sandbox.slot=1");
      assertThat(outcome.code()).isEqualTo(2);
      assertThat(outcome.err()).contains("sandbox.slot", "slots").hasLineCount(1);
    }
  }

  @Nested
  class OtherPeoplesFiles {

    @Test
    void verlKeepsItsNestedColumnsAndTheirTypes() throws IOException {
      Path in =
          parquetFile(
              "verl.parquet",
              "{\"data_source\": \"gsm8k\", \"prompt\": [{\"role\": \"user\", \"content\": \"?\"}],"
                  + " \"reward_model\": {\"ground_truth\": \"72\", \"style\": \"rule\"},"
                  + " \"extra_info\": {\"index\": 0}, \"generated\": \"#### 72\"}",
              "{\"data_source\": \"gsm8k\", \"prompt\": [{\"role\": \"user\", \"content\": \"!\"}],"
                  + " \"reward_model\": {\"ground_truth\": \"5\", \"style\": \"rule\"},"
                  + " \"extra_info\": {\"index\": 1}, \"generated\": \"#### 6\"}");
      Path out = folder.resolve("scored.parquet");

      Outcome outcome = score(in, out, "--response", "generated");

      assertThat(outcome.code()).as(outcome.err()).isZero();
      List<Row> before = parquet(in);
      List<Row> after = parquet(out);
      assertThat(after).extracting(row -> row.getAs("score")).containsExactly(1.0, 0.0);
      for (int i = 0; i < before.size(); i++) {
        for (String column : before.get(i).schema().fieldNames()) {
          assertThat(after.get(i).<Object>getAs(column))
              .isEqualTo(before.get(i).<Object>getAs(column));
        }
      }
      assertThat(after.get(0).schema().apply("extra_info"))
          .isEqualTo(before.get(0).schema().apply("extra_info"));
    }

    @Test
    void aFolderOfParquetIsReadInTheOrderOfItsFilesAndWrittenAsParquet() throws IOException {
      Path data = Files.createDirectory(folder.resolve("data"));
      String big = "\"response\": \"%s 1\", \"reference\": \"1\"}".formatted("y".repeat(50_000));
      Files.move(
          parquetFile("a", "{\"i\": 0, \"response\": \"1\", \"reference\": \"1\"}"),
          data.resolve("a.parquet"));
      Files.move(
          parquetFile("b", "{\"i\": 1, " + big, "{\"i\": 2, " + big), data.resolve("b.parquet"));
      Path out = folder.resolve("scored");

      assertThat(score(data, out).code()).isZero();

      assertThat(out.resolve("part-00000.parquet")).isRegularFile();
      assertThat(out.toFile().list()).hasSize(1);
      assertThat(parquet(out)).extracting(row -> row.getAs("i")).containsExactly(0L, 1L, 2L);
    }

    @Test
    void gsm8kSolutionsAndSvampNumbersAreReferencesAsTheyAre() throws IOException {
      Path gsm8k = SHARED.resolve("data/gsm8k/test.jsonl");
      Path svamp = SHARED.resolve("data/svamp/test.jsonl");
      assumeTrue(Files.exists(gsm8k) && Files.exists(svamp), "no shared data in " + SHARED);
      for (Path data : List.of(gsm8k, svamp)) {
        String column = data.equals(gsm8k) ? "answer" : "Answer";
        List<String> lines = new ArrayList<>();
        for (JsonNode row : rows(data)) {
          String answer = row.get(column).asText();
          lines.add(
              ((ObjectNode) row)
                  .put("response", "It is\n#### " + answer.substring(answer.lastIndexOf("#") + 1))
                  .toString());
        }
        Path out = folder.resolve(column + "-scored.jsonl");

        Outcome outcome = score(file(column + ".jsonl", lines.toArray(new String[0])), out);

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(outcome.out())
            .startsWith(lines.size() + " rows  mean score 1.0000  CORRECT " + lines.size());
      }
    }
  }

  @Nested
  class TheVerifier {

    @Test
    void mayBeAnyRewardWithItsOptions() throws IOException {
      Path in = file("answers.jsonl", "{\"completion\": \"yes\"}", "{\"completion\": \"42\"}");
      Path out = folder.resolve("scored.jsonl");

      Outcome outcome =
          hone("score", "--verifier", "regex", "--option", "pattern=^\\d+$", in, "--out", out);

      assertThat(outcome.code()).as(outcome.err()).isZero();
      assertThat(rows(out))
          .extracting(row -> row.get("score").asDouble())
          .containsExactly(0.0, 1.0);
    }

    @Test
    void takesTheModeWhereItHasOne() throws IOException {
      Path in =
          file(
              "answers.jsonl",
              "{\"response\": \"\\\\boxed{0.5}\", \"reference\": \"\\\\frac12\"}",
              "{\"response\": \"\\\\boxed{1/2 \\\\text{ or } 2}\", \"answer\": \"\\\\frac12\"}");
      Path out = folder.resolve("scored.jsonl");

      for (String mode : List.of("strict", "lenient")) {
        Outcome outcome = hone("score", "--verifier", "math", "--mode", mode, in, "--out", out);

        assertThat(outcome.code()).as(outcome.err()).isZero();
        assertThat(rows(out))
            .extracting(row -> row.get("score").asDouble())
            .containsExactly(1.0, 0.0);
      }
      assertThat(hone("score", "--verifier", "math", "--mode", "lenent", in, "--out", out).err())
          .contains("did you mean 'lenient'?");
    }

    @Test
    void mayBeAClassOfTheUsersOwn() throws IOException {
      Path in = file("answers.jsonl", "{\"response\": \"ab\", \"target\": \"AB\"}");
      Path out = folder.resolve("scored.jsonl");

      Outcome outcome = hone("score", "--verifier", IgnoringCase.class.getName(), in, "--out", out);

      assertThat(outcome.code()).as(outcome.err()).isZero();
      assertThat(rows(out).get(0).get("reason").asText()).isEqualTo("compared with AB");
    }

    @Test
    void isCheckedWithItsOptionsBeforeAnyWork() throws IOException {
      Path in = file("answers.jsonl", "{\"response\": \"1\", \"reference\": \"1\"}");
      Path out = folder.resolve("scored.jsonl");

      Outcome unknown = hone("score", "--verifier", "final_nmber", in, "--out", out);
      Outcome modeless = score(in, out, "--mode", "lenient");
      Outcome tokens =
          hone("score", "--verifier", "length", "--option", "max_length=9", in, "--out", out);

      assertThat(unknown.err()).contains("did you mean 'final_number'?");
      assertThat(modeless.err()).contains("'final_number' has no option 'mode'");
      for (Outcome outcome : List.of(unknown, modeless, tokens)) {
        assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err().lines()).singleElement().asString().startsWith("error: ");
        assertThat(outcome.out()).isEmpty();
      }
      assertThat(out).doesNotExist();
    }
  }

  @Nested
  class WhatCannotBe {

    @Test
    void isOneLineAndExitCode2() throws IOException {
      Path in = file("answers.jsonl", "{\"response\": \"1\", \"reference\": \"1\"}");
      Path garbage = file("garbage.parquet", "this is no Parquet");
      Path nothing = file("empty.jsonl");
      Path out = folder.resolve("scored.jsonl");

      for (Outcome outcome :
          List.of(
              score(folder.resolve("absent.jsonl"), out),
              score(garbage, out),
              score(nothing, out),
              score(file("broken.json", "[{\"response\": \"1\", \"reference\": \"1\"}, {"), out),
              score(in, folder.resolve("scored.csv")),
              score(in, garbage.resolve("scored.jsonl")))) {
        assertThat(outcome.code()).as(outcome.err()).isNotZero();
        assertThat(outcome.err().lines().filter(line -> line.startsWith("error: ")))
            .as(outcome.err())
            .hasSize(1);
        assertThat(out).doesNotExist();
      }
    }

    @Test
    void leavesNothingHalfWrittenBehind() throws IOException {
      Path broken = file("broken.json", "[{\"response\": \"1\", \"reference\": \"1\"}, {");

      score(broken, folder.resolve("a.jsonl"));
      score(broken, folder.resolve("a.parquet"));
      score(broken, folder.resolve("a"));

      assertThat(folder.toFile().list()).containsExactly("broken.json");
    }
  }

  /** A verifier as a user writes one. */
  public static final class IgnoringCase implements dev.hone.rewards.Verifier {
    @Override
    public dev.hone.rewards.Judgement verify(String response, String reference) {
      return dev.hone.rewards.Judgement.correct(response, "compared with " + reference);
    }
  }
}
