package dev.hone.tests;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.generation.Completion;
import dev.hone.policy.generation.Generated;
import dev.hone.policy.generation.GenerationListener;
import dev.hone.policy.generation.GenerationProgress;
import dev.hone.policy.generation.GenerationRequest;
import dev.hone.policy.generation.Generator;
import dev.hone.policy.generation.RandomKey;
import dev.hone.policy.generation.SamplingSettings;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.FeedForwardConfig;
import dev.hone.policy.model.ParameterSpec;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.optimizer.LrSchedulerType;
import dev.hone.policy.optimizer.OptimizerSettings;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.ComputeDtype;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Precision;
import dev.hone.policy.tokenizer.Tokenizer;
import dev.hone.policy.update.Learner;
import dev.hone.policy.update.SupervisedSequence;
import dev.hone.policy.update.TrainingSequence;
import dev.hone.policy.update.UpdateSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/**
 * Times generation, a supervised step and a GRPO step on a checkpoint: Hone's side of the
 * comparison in docs/performance.md; the peers' side is in tests/peers. Arguments: the checkpoint,
 * threads, repetitions, the backend and its dtype; with a file of prompts after them (JSON lines),
 * only a GRPO step of 8 x 8 answers of 40 tokens to the first eight is timed. One line a
 * measurement, the median over the repetitions that nothing disturbed, and the process's peak
 * resident memory.
 */
public final class SpeedBenchmark {

  private static final int NEW_TOKENS = 128;
  private static final int GROUP = 8;

  /** Answers of one forward pass, as on the peer's side. */
  private static final int MICRO_BATCH = 16;

  private static final int WARM_UP = 3;

  /** Of memory, before and after a decode of one sequence. */
  private static final int READINGS = 20;

  /** Spent at most on one measurement, waiting for repetitions that nothing disturbs. */
  private static final int PATIENCE_SECONDS = 60;

  private final Random random = new Random(1);
  private final DecoderModel policy;
  private final DecoderModel trained;
  private final int repetitions;

  private SpeedBenchmark(DecoderModel policy, DecoderModel trained, int repetitions) {
    this.policy = policy;
    this.trained = trained;
    this.repetitions = repetitions;
  }

  public static void main(String[] arguments) {
    Path checkpoint = Path.of(arguments[0]);
    int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2;
    int repetitions = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 5;
    Backends.Choice backend =
        Backends.choose(
            arguments.length > 3 ? arguments[3] : "auto",
            ComputeDtype.valueOf(
                (arguments.length > 4 ? arguments[4] : "auto").toUpperCase(Locale.ROOT)));
    System.out.println(backend.describe(threads));
    try (Ops ops = backend.open(threads);
        DecoderModel policy = Checkpoint.open(checkpoint).load(ops, Purpose.INFERENCE);
        DecoderModel trained = Checkpoint.open(checkpoint).load(ops, Purpose.TRAINING)) {
      SpeedBenchmark benchmark = new SpeedBenchmark(policy, trained, repetitions);
      if (arguments.length > 5) {
        benchmark.grpoStep(prompts(Path.of(arguments[5]), Tokenizer.open(checkpoint)), 40);
      } else {
        benchmark.generation(16, 64);
        benchmark.generation(1, 64);
        benchmark.decodeSteps(64);
        if (benchmark.isDense() && backend.backend().name().equals("native-cpu")) {
          benchmark.decodeStepsBesideReading(64, threads, backend.precision());
        }
        benchmark.supervisedStep(8, 192);
        benchmark.grpoStep(benchmark.requests(2, GROUP, 64), NEW_TOKENS);
      }
    }
    System.out.println(peakResidentMemory());
  }

  private static List<GenerationRequest> prompts(Path file, Tokenizer tokenizer) {
    try (Stream<String> lines = Files.lines(file)) {
      List<GenerationRequest> requests = new ArrayList<>();
      for (String line : lines.limit(8).toList()) {
        String prompt = new ObjectMapper().readTree(line).path("prompt").textValue();
        requests.add(new GenerationRequest(requests.size(), tokenizer.encode(prompt), GROUP));
      }
      return requests;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String peakResidentMemory() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
      String peak = lines.filter(line -> line.startsWith("VmHWM")).findFirst().orElseThrow();
      return "peak resident memory " + Long.parseLong(peak.replaceAll("[^0-9]", "")) / 1024 + " MB";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void generation(int batch, int promptLength) {
    List<GenerationRequest> requests = requests(batch, 1, promptLength);
    report(
        "generation, batch %d, prompt %d, %d new tokens: new tokens/s"
            .formatted(batch, promptLength, NEW_TOKENS),
        () -> {
          generate(requests, NEW_TOKENS);
          return batch * NEW_TOKENS;
        });
  }

  /** One sequence without its prompt's pass. */
  private void decodeSteps(int promptLength) {
    List<GenerationRequest> requests = requests(1, 1, promptLength);
    reportRate(
        "decode steps of one sequence, prompt %d: steps/s".formatted(promptLength),
        () -> 1 / secondsOfAStep(requests));
  }

  /**
   * The same in turn with reading as much memory as a step reads weights, with as many threads.
   * Each time the memory is another: where it lies decides how fast it is read.
   */
  private void decodeStepsBesideReading(int promptLength, int threads, Precision precision) {
    List<GenerationRequest> requests = requests(1, 1, promptLength);
    long bytes = weightsOfAStep() * (precision == Precision.FP32 ? 4 : 2);
    int rounds = Math.max(9, 3 * repetitions);
    double[] steps = new double[rounds];
    double[] readings = new double[rounds];
    double[] ratios = new double[rounds];
    for (int i = -WARM_UP; i < rounds; i++) {
      try (MemoryReading memory = new MemoryReading(threads, bytes)) {
        double before = memory.seconds(READINGS);
        double step = secondsOfAStep(requests);
        double reading = (before + memory.seconds(READINGS)) / 2;
        if (i >= 0) {
          steps[i] = step;
          readings[i] = reading;
          ratios[i] = step / reading;
        }
      }
    }
    Arrays.sort(steps);
    Arrays.sort(readings);
    Arrays.sort(ratios);
    System.out.printf(
        Locale.ROOT,
        "decode step of one sequence, prompt %d: %.2f ms; reading %.0f MB: %.2f ms (%.1f GB/s);"
            + " in turn %.2f times (%.2f to %.2f; %d rounds)%n",
        promptLength,
        1e3 * steps[rounds / 2],
        bytes / 1e6,
        1e3 * readings[rounds / 2],
        bytes / 1e9 / readings[rounds / 2],
        ratios[rounds / 2],
        ratios[rounds / 10],
        ratios[rounds - 1 - rounds / 10],
        rounds);
  }

  /** Numbers of the matrices that a dense model multiplies one token by. */
  private long weightsOfAStep() {
    return policy.layout().specs().stream()
        .filter(spec -> spec.shape().rank() == 2)
        .filter(spec -> policy.config().tiedHead() || !spec.name().contains("embed_tokens"))
        .mapToLong(ParameterSpec::size)
        .sum();
  }

  private boolean isDense() {
    return policy.config().feedForwards().stream()
        .noneMatch(FeedForwardConfig.Moe.class::isInstance);
  }

  private double secondsOfAStep(List<GenerationRequest> requests) {
    long[] firstToken = new long[1];
    GenerationListener listener =
        new GenerationListener() {
          @Override
          public void progress(GenerationProgress progress) {
            if (firstToken[0] == 0) {
              firstToken[0] = System.nanoTime();
            }
          }
        };
    generate(requests, NEW_TOKENS, listener);
    return seconds(firstToken[0]) / (NEW_TOKENS - 1);
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private void supervisedStep(int batch, int length) {
    List<SupervisedSequence> sequences = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      int[] tokens = tokens(length);
      sequences.add(
          new SupervisedSequence(Arrays.copyOf(tokens, 1), Arrays.copyOfRange(tokens, 1, length)));
    }
    try (Learner learner = new Learner(trained, settings(batch * length))) {
      report(
          "forward, backward and AdamW, %d x %d tokens: tokens/s".formatted(batch, length),
          () -> {
            learner.fit(sequences);
            return batch * length;
          });
    }
  }

  private void grpoStep(List<GenerationRequest> requests, int newTokens) {
    double promptTokens =
        requests.stream().mapToInt(request -> request.promptTokens().length).average().orElse(0);
    int microBatchTokens = (int) Math.ceil(MICRO_BATCH * (promptTokens + newTokens));
    try (Learner learner = new Learner(trained, settings(microBatchTokens))) {
      report(
          "GRPO step, %d x %d answers of %d tokens: new tokens/s"
              .formatted(requests.size(), GROUP, newTokens),
          () -> {
            List<TrainingSequence> batch = new ArrayList<>();
            for (Completion answer : generate(requests, newTokens).completions()) {
              batch.add(
                  new TrainingSequence(
                      requests.get((int) answer.promptId()).promptTokens(),
                      answer.tokens(),
                      null,
                      answer.sample() % 2 == 0 ? 1 : -1,
                      answer.logProbs(),
                      answer.samplingLogProbs()));
            }
            learner.update(batch, Optional.empty());
            return requests.size() * GROUP * newTokens;
          });
    }
  }

  private static UpdateSettings settings(int microBatchTokens) {
    return UpdateSettings.builder()
        .optimizer(
            OptimizerSettings.builder()
                .learningRate(1e-6)
                .lrSchedulerType(LrSchedulerType.CONSTANT)
                .build())
        .microBatchTokens(microBatchTokens)
        .build();
  }

  private Generated generate(List<GenerationRequest> requests, int newTokens) {
    return generate(requests, newTokens, GenerationListener.NONE);
  }

  private Generated generate(
      List<GenerationRequest> requests, int newTokens, GenerationListener listener) {
    // No end of sequence: every answer is as long as the limit, as on the peers' side.
    return new Generator(policy, Set.of(), 64)
        .generate(
            requests,
            SamplingSettings.DEFAULT.withMaxNewTokens(newTokens),
            new RandomKey(0, 0),
            listener);
  }

  private List<GenerationRequest> requests(int prompts, int group, int promptLength) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < prompts; i++) {
      requests.add(new GenerationRequest(i, tokens(promptLength), group));
    }
    return requests;
  }

  private int[] tokens(int length) {
    return random.ints(length, 3, policy.config().vocabularySize()).toArray();
  }

  /** Times {@code work}, which returns how many tokens it did. */
  private void report(String what, IntSupplier work) {
    reportRate(
        what,
        () -> {
          long started = System.nanoTime();
          return work.getAsInt() / seconds(started);
        });
  }

  /**
   * Prints the median of a rate over the repetitions during which other processes left the machine
   * alone, or over the quietest where there were none.
   */
  private void reportRate(String what, DoubleSupplier measured) {
    List<Repetition> all = new ArrayList<>();
    long begun = System.nanoTime();
    for (int i = -WARM_UP; ; i++) {
      ForeignLoad load = new ForeignLoad();
      double rate = measured.getAsDouble();
      if (i >= 0) {
        all.add(new Repetition(rate, load.share()));
      }
      long quiet = all.stream().filter(Repetition::quiet).count();
      if (quiet >= repetitions || seconds(begun) > PATIENCE_SECONDS) {
        break;
      }
    }
    all.sort(Comparator.comparingDouble(Repetition::others));
    List<Repetition> used = all.stream().filter(Repetition::quiet).toList();
    if (used.isEmpty()) {
      used = all.subList(0, Math.min(all.size(), Math.max(1, repetitions / 2)));
    }
    double[] rates = used.stream().mapToDouble(Repetition::rate).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "%s %.1f (%.1f to %.1f; %d of %d repetitions, others used %.0f %% of the machine)%n",
        what,
        rates[rates.length / 2],
        rates[0],
        rates[rates.length - 1],
        used.size(),
        all.size(),
        100 * used.get(used.size() - 1).others());
  }

  /** One timing, and what share of the machine other processes used meanwhile. */
  private record Repetition(double rate, double others) {
    boolean quiet() {
      return others <= 0.05;
    }
  }
}
