package dev.hone.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hone.policy.InvalidInput;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.ComputeDtype;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The program in this process: what it prints where, and its exit codes. */
class HoneTest {

  private record Outcome(int code, String out, String err) {}

  private static Outcome hone(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Hone.run(new PrintWriter(out), new PrintWriter(err), arguments);
    return new Outcome(code, out.toString(), err.toString());
  }

  private static Path experiment(Path folder, String yaml) throws IOException {
    Path file = folder.resolve("mine.yaml");
    Files.writeString(file, yaml);
    return file;
  }

  @Test
  void helpTeachesWithExamplesOnStandardOutput() {
    Outcome help = hone("--help");

    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("Commands:", "generate", "inspect", "config", "Examples:");
    assertThat(help.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "train",
        "evaluate",
        "score",
        "generate",
        "inspect",
        "config",
        "sandbox",
        "doctor"
      })
  void everyCommandHasHelpWithAnExample(String command) {
    Outcome help = hone(command, "--help");

    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("Usage: hone " + command, "Example", "  hone " + command);
  }

  @Test
  void versionNamesJava() {
    assertThat(hone("--version").out()).contains("hone ", System.getProperty("java.version"));
  }

  @Test
  void inspectPredictsTheMemoryOfAnExperimentPartByPart() {
    Assumptions.assumeTrue(
        Backends.choose("auto", ComputeDtype.AUTO).outline().isPresent(),
        "skipped: no backend counts its memory");
    Outcome table = hone("inspect", "--memory", "../configs/quickstart.yaml");

    assertThat(table.err()).isEmpty();
    assertThat(table.code()).isZero();
    assertThat(table.out())
        .contains("sft update", "grpo update", "grpo rollout", "test suite")
        .contains("weights", "optimizer moments", "gradients", "activations", "KV cache pages")
        .contains("Java heap", "Spark", "this machine");
    assertThat(
            hone("inspect", "--memory", "../configs/quickstart.yaml", "--set", "backend=djl").err())
        .startsWith("error: backend: 'djl' does not count its memory");
  }

  @Test
  void aCommandLineThatCannotBeUnderstoodIsOneLineAndExitCode2() {
    for (String[] arguments :
        new String[][] {
          {"no-such-command"}, {"generate"}, {"generate", "--temperature", "hot"}, {"inspect"}
        }) {
      Outcome outcome = hone(arguments);

      assertThat(outcome.code()).as(String.join(" ", arguments)).isEqualTo(2);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err().lines()).singleElement().asString().startsWith("error: ");
    }
  }

  @Test
  void withoutACommandItShowsItsHelp() {
    Outcome outcome = hone();

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).startsWith("Usage: hone").contains("Commands:");
  }

  @Test
  void configShowsEveryKeyWithItsDefaultAndDescription() {
    Outcome config = hone("config");

    assertThat(config.code()).isZero();
    assertThat(config.out())
        .containsPattern("\\n {4}num_generations: 8 +# Answers to each prompt")
        .containsPattern("\\n {4}epsilon_high: null +# ")
        .containsPattern("\\n {2}- type: grpo +# ")
        .containsPattern("\\n {4}learning_rate: 2e-5 +# ")
        .containsPattern("\\n {4}learning_rate: 1e-6 +# ");
  }

  @Test
  void configChecksAFile(@TempDir Path folder) throws IOException {
    Path file =
        experiment(
            folder,
            """
            model: {checkpoint: %s}
            stages: [{type: sft, dataset: {format: arithmetic, split: sft}}]
            """
                .formatted(folder));

    Outcome sound = hone("config", "--validate", file.toString());
    Outcome resolved = hone("config", file.toString(), "--resolved", "--set", "seed=3");
    Outcome broken = hone("config", file.toString(), "--set", "sed=3", "--set", "threads=-1");

    assertThat(sound.code()).isZero();
    assertThat(sound.out()).contains("is sound: experiment mine, stages sft");
    assertThat(resolved.code()).isZero();
    assertThat(resolved.out()).contains("seed: 3", "batch_size: 64");
    assertThat(broken.code()).isEqualTo(2);
    assertThat(broken.out()).isEmpty();
    assertThat(broken.err().lines())
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).startsWith("error: --set "));
  }

  @Test
  void aCheckpointThatIsNoneIsOneLineAndExitCode2(@TempDir Path folder) {
    String directory = folder.toString();
    for (String[] arguments :
        new String[][] {
          {"inspect", directory},
          {"generate", "--checkpoint", directory, "--prompt", "x"},
          {"inspect", "--checkpoint", directory + "/absent"}
        }) {
      Outcome outcome = hone(arguments);

      assertThat(outcome.code()).isEqualTo(2);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err().lines())
          .singleElement()
          .asString()
          .startsWith("error: ")
          .contains(directory);
    }
  }

  @Test
  void aStackTraceIsShownOnlyWhenAskedFor(@TempDir Path folder) {
    assertThat(hone("inspect", folder.toString()).err()).doesNotContain("\tat ");
    assertThat(hone("--debug", "inspect", folder.toString()).err()).contains("\tat ");
    assertThat(hone("inspect", "--debug", folder.toString()).err()).contains("\tat ");
  }

  @Test
  void aRunThatFailsIsExitCode1() {
    StringWriter err = new StringWriter();
    CommandLine command = new CommandLine(CommandLine.Model.CommandSpec.create());
    command.setErr(new PrintWriter(err));

    int failed = Failures.execution(new IllegalStateException("the loss is NaN"), command, false);
    int users =
        Failures.execution(
            new IllegalStateException("job aborted", new InvalidInput("bad data")), command, false);

    assertThat(failed).isEqualTo(1);
    assertThat(users).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly(
            "error: IllegalStateException: the loss is NaN; --debug shows where",
            "error: bad data");
  }

  @Test
  void aBrokenExperimentStopsBeforeAnyWork(@TempDir Path folder) throws IOException {
    Path file = experiment(folder, "model: {checkpoint: m}\nstages: [{type: stf}]\n");

    Outcome train = hone("train", file.toString());
    Outcome nothing =
        hone("train", experiment(folder, "model: {checkpoint: %s}".formatted(folder)).toString());

    assertThat(train.code()).isEqualTo(2);
    assertThat(train.err().lines())
        .containsExactly(
            "error: "
                + file
                + ":2: stages[0].type: found \"stf\"; did you mean sft? allowed: sft, grpo");
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("there is nothing to train");
  }

  @Test
  void anEvaluationNamesWhatIsMissing(@TempDir Path folder) throws IOException {
    String checkpoint = Files.createDirectory(folder.resolve("checkpoint")).toString();
    Path data = folder.resolve("some: test.jsonl");
    Files.writeString(data, "{\"prompt\": \"1+1=\", \"answer\": \"2\"}\n");

    Outcome nothing = hone("evaluate", "--checkpoint", checkpoint);
    Outcome absent = hone("evaluate", "--checkpoint", checkpoint, "--data", "no-such.jsonl");
    Outcome greedy =
        hone(
            "evaluate",
            "--checkpoint",
            checkpoint,
            "--data",
            data.toString(),
            "--num-generations",
            "4");
    Outcome broken = hone("evaluate", "--checkpoint", checkpoint, "--data", data.toString());

    assertThat(nothing.err()).startsWith("error: evaluate: nothing to evaluate on");
    assertThat(absent.err()).contains("there is no no-such.jsonl");
    assertThat(greedy.err()).contains("answers at temperature 0 are all the same");
    assertThat(broken.err()).contains("error: ").contains(checkpoint).contains("config.json");
    for (Outcome outcome : new Outcome[] {nothing, absent, greedy, broken}) {
      assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
      assertThat(outcome.err().lines()).hasSize(1);
      assertThat(outcome.out()).isEmpty();
    }
  }
}
