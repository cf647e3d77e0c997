package dev.hone.policy.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.Shared;
import dev.hone.policy.checkpoint.Checkpoint;
import dev.hone.policy.tensor.Backends;
import dev.hone.policy.tensor.Ops;
import dev.hone.policy.tensor.Packing;
import dev.hone.policy.tensor.Scope;
import dev.hone.policy.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * SmolLM2-135M-Instruct, a real checkpoint of 134.5M parameters, computes what transformers does.
 */
@Tag("slow")
class RealModelTest {

  private static final String NAME = "smollm2-135m-instruct";

  @Test
  void promptsAndGreedyAnswersEqualThoseOfTransformers() throws Exception {
    Path reference = Shared.directory("models").resolve("reference.json");
    Path directory = checkpoint();
    try (Ops ops = Backends.select("auto").open(Runtime.getRuntime().availableProcessors());
        DecoderModel model = Checkpoint.open(directory).load(ops, Purpose.INFERENCE)) {
      assertThat(ModelSize.of(model.config()).parameters()).isEqualTo(134_515_008);
      for (JsonNode question : new ObjectMapper().readTree(reference.toFile())) {
        compare(model, question);
      }
    }
  }

  private static void compare(DecoderModel model, JsonNode question) {
    Ops ops = model.ops();
    int[] prompt = ints(question.get("prompt_ids"));
    int[] greedy = ints(question.get("greedy_ids"));
    int vocabulary = model.config().vocabularySize();
    try (Scope scope = ops.scope();
        Packing packing = ops.pack(new int[] {prompt.length})) {
      Tensor hidden = model.hidden(prompt, packing);
      int[] targets = Arrays.copyOfRange(prompt, 1, prompt.length + 1);
      float[] logProbs = model.tokenLogProbs(hidden, targets, 1).logProbs().toFloats();
      for (int i = 0; i + 1 < prompt.length; i++) {
        double expected = question.get("prompt_logprobs").get(i).asDouble();
        assertThat((double) logProbs[i]).as("token " + (i + 1)).isCloseTo(expected, within(2e-4));
      }
      float[] logits =
          model.logits(ops.gatherRows(hidden, new int[] {prompt.length - 1})).toFloats();
      for (JsonNode next : question.get("next_top5")) {
        assertThat((double) logits[next.get(0).asInt()])
            .isCloseTo(next.get(1).asDouble(), within(1e-3));
      }
    }
    // One pass over prompt and answer: each token must be the most likely after those before it.
    int[] both =
        IntStream.concat(Arrays.stream(prompt), Arrays.stream(greedy).limit(greedy.length - 1))
            .toArray();
    try (Scope scope = ops.scope();
        Packing packing = ops.pack(new int[] {both.length})) {
      int[] rows = IntStream.range(prompt.length - 1, both.length).toArray();
      float[] logits = model.logits(ops.gatherRows(model.hidden(both, packing), rows)).toFloats();
      for (int step = 0; step < greedy.length; step++) {
        int best = step * vocabulary;
        for (int i = step * vocabulary; i < (step + 1) * vocabulary; i++) {
          best = logits[i] > logits[best] ? i : best;
        }
        assertThat(best - step * vocabulary).as("greedy token " + step).isEqualTo(greedy[step]);
      }
    }
  }

  /** The directory given by {@code hone.smollm}, or one unpacked from the shared models. */
  private static Path checkpoint() throws IOException, InterruptedException {
    Path given = Path.of(System.getProperty("hone.smollm", "../models/" + NAME));
    if (Files.exists(given.resolve("model.safetensors"))) {
      return given;
    }
    Path packed = Shared.directory("models").resolve(NAME);
    Assumptions.assumeTrue(
        Files.exists(packed.resolve("model.safetensors.xz")),
        "skipped: " + NAME + " is not at " + given + " nor packed at " + packed);
    Path unpacked = Files.createDirectories(Path.of("target").resolve(NAME));
    Path weights = unpacked.resolve("model.safetensors");
    if (!Files.exists(weights)) {
      try (Stream<Path> files = Files.list(packed)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
          Files.write(unpacked.resolve(file.getFileName()), Files.readAllBytes(file));
        }
      }
      Path partial = unpacked.resolve("model.safetensors.partial");
      Process xz =
          new ProcessBuilder("xz", "-dc", packed.resolve("model.safetensors.xz").toString())
              .redirectOutput(partial.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      assertThat(xz.waitFor()).as("exit code of xz").isZero();
      Files.move(partial, weights, StandardCopyOption.ATOMIC_MOVE);
    }
    return unpacked;
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }
}
