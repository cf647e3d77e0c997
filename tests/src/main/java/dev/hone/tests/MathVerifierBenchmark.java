package dev.hone.tests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.rewards.Judgement;
import dev.hone.rewards.math.MathVerifier;
import dev.hone.rewards.math.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Verifications a second on one thread. Half are worked solutions in the manner of GSM8K, half are
 * answers in LaTeX from the verifier's own cases, which are harder than those of MATH: every
 * category of them, right and wrong ones. Run from the root of the repository; see
 * docs/performance.md.
 */
@State(Scope.Benchmark)
@BenchmarkMode({
  org.openjdk.jmh.annotations.Mode.Throughput,
  org.openjdk.jmh.annotations.Mode.SampleTime
})
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 3, time = 3)
@Fork(1)
public class MathVerifierBenchmark {

  private static final Path CASES = Path.of("rewards/src/test/resources/math");

  private record Answer(String response, String reference) {}

  private final MathVerifier verifier = new MathVerifier(Mode.STRICT);
  private final List<Answer> answers = new ArrayList<>();
  private int next;

  /** Reads the LaTeX cases, and puts a worked solution beside each. */
  @Setup
  public void read() throws IOException {
    ObjectMapper json = new ObjectMapper();
    try (Stream<Path> files = Files.walk(CASES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          JsonNode row = json.readTree(line);
          String response = row.get("response").asText();
          if (response.contains("\\")) {
            answers.add(new Answer(response, row.get("reference").asText()));
            answers.add(worked(answers.size()));
          }
        }
      }
    }
  }

  private static Answer worked(int n) {
    int price = 3 + n % 17;
    int total = price * (n + 12);
    String solution =
        "There are %d boxes, and each costs $%d.\nSo all of them cost %d * %d = <<%d*%d=%d>>%d dollars.\n"
            .formatted(n + 12, price, n + 12, price, n + 12, price, total, total);
    int written = n % 3 == 0 ? total + 1 : total;
    String answer = n % 2 == 0 ? "#### " + written : "The answer is $%,d.".formatted(written);
    return new Answer(solution + answer, solution + "#### " + total);
  }

  @Benchmark
  public Judgement verify() {
    Answer answer = answers.get(next);
    next = next + 1 == answers.size() ? 0 : next + 1;
    return verifier.verify(answer.response(), answer.reference());
  }
}
