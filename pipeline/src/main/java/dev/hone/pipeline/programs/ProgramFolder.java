package dev.hone.pipeline.programs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.hone.policy.InvalidInput;
import dev.hone.rewards.code.CodeProblem;
import dev.hone.rewards.code.CodeVerdict;
import dev.hone.rewards.code.CodeVerifier;
import dev.hone.rewards.code.NotCallable;
import dev.hone.sandbox.Language;
import dev.hone.sandbox.Sandbox;
import dev.hone.sandbox.SandboxUnavailable;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** A folder of programs and the index that says what they should do. */
public final class ProgramFolder {

  /** Its name in the folder. */
  public static final String INDEX = "index.jsonl";

  private static final ObjectReader LINES =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build()
          .readerFor(IndexedProgram.class);

  private static final ObjectWriter RESULTS = new JsonMapper().writerFor(ProgramResult.class);

  private record Task(IndexedProgram line, Language language, CodeProblem problem, Path path) {}

  private final List<Task> tasks;

  private ProgramFolder(List<Task> tasks) {
    this.tasks = tasks;
  }

  /**
   * Reads the index, and sees that all it names is there.
   *
   * @throws InvalidInput with file and line, where it cannot be used
   */
  public static ProgramFolder read(Path folder) {
    Path index = folder.resolve(INDEX);
    List<Task> tasks = new ArrayList<>();
    int number = 0;
    try {
      for (String text : Files.readAllLines(index)) {
        number++;
        if (text.isBlank()) {
          continue;
        }
        IndexedProgram line = LINES.readValue(text);
        if (line.file() == null) {
          throw new InvalidInput(index + ":" + number + ": the line names no file");
        }
        Path path = folder.resolve(line.file());
        if (!Files.isRegularFile(path)) {
          throw new InvalidInput(index + ":" + number + ": there is no file " + path);
        }
        tasks.add(new Task(line, line.writtenIn(), line.problem(), path));
      }
    } catch (JsonProcessingException e) {
      throw new InvalidInput(
          index + ":" + number + ": no line of the index: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InvalidInput(
          "cannot read " + index + " (" + e.getMessage() + "); the folder needs one", e);
    }
    return new ProgramFolder(tasks);
  }

  public int size() {
    return tasks.size();
  }

  /**
   * Runs all of it and writes the results, in the order of the index.
   *
   * @param sandbox where programs run; its slots say how many at a time
   * @param verifier who judges them
   * @param out the file of results, one a line
   * @param wrong told of every result whose verdict is not among those that are right
   * @return how many those are
   */
  public int run(Sandbox sandbox, CodeVerifier verifier, Path out, Consumer<String> wrong) {
    ExecutorService threads = Executors.newFixedThreadPool(sandbox.settings().concurrency());
    int wrongs = 0;
    try (BufferedWriter writer = Files.newBufferedWriter(out)) {
      List<Future<ProgramResult>> results = new ArrayList<>();
      tasks.forEach(task -> results.add(threads.submit(() -> judge(verifier, task))));
      for (int i = 0; i < results.size(); i++) {
        ProgramResult result = results.set(i, null).get();
        writer.write(RESULTS.writeValueAsString(result));
        writer.newLine();
        writer.flush();
        List<String> must = tasks.get(i).line().mustVerdict();
        if (!result.isAmong(must)) {
          wrongs++;
          wrong.accept(
              result.file()
                  + ": "
                  + result.verdict()
                  + ", must be "
                  + String.join(" or ", must)
                  + " ("
                  + result.reason()
                  + ")");
        }
      }
    } catch (IOException e) {
      throw new InvalidInput("cannot write " + out + ": " + e.getMessage(), e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException known
          ? known
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      threads.shutdownNow();
    }
    return wrongs;
  }

  private static ProgramResult judge(CodeVerifier verifier, Task task) throws IOException {
    String source;
    try {
      source = Files.readString(task.path());
    } catch (MalformedInputException e) {
      source = Files.readString(task.path(), StandardCharsets.ISO_8859_1);
    }
    try {
      return ProgramResult.of(
          task.line().file(), verifier.verify(task.language(), source, task.problem()));
    } catch (NotCallable e) {
      return ProgramResult.notRun(task.line().file(), CodeVerdict.CE, e.getMessage());
    } catch (SandboxUnavailable e) {
      // The others may yet run.
      return ProgramResult.notRun(task.line().file(), CodeVerdict.IE, e.getMessage());
    }
  }
}
