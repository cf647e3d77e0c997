package dev.hone.policy.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The filtered distributions equal those that transformers' generate draws from. */
class SamplingFixtureTest {

  private static final int TIED_ROW = 5;

  @Test
  void everyConfigurationLeavesTheDistributionOfTransformers() throws IOException {
    Path fixture =
        Path.of(System.getProperty("hone.shared", "shared")).resolve("fixtures/sampling");
    Assumptions.assumeTrue(
        Files.isDirectory(fixture),
        "skipped: the fixtures are not at " + fixture + "; set -Dhone.shared");
    try (Safetensors tensors = Safetensors.open(fixture.resolve("sampling.safetensors"))) {
      float[] logits = tensors.floats("logits");
      long[] prompts = tensors.longs("input_ids");
      int rows = 6;
      int vocabulary = logits.length / rows;
      for (JsonNode configuration :
          new ObjectMapper().readTree(fixture.resolve("sampling.json").toFile())) {
        float[] expected = tensors.floats(configuration.get("name").asText() + ".probs");
        Candidates candidates = new Candidates(settings(configuration), vocabulary);
        for (int row = 0; row < rows; row++) {
          BitSet seen = new BitSet();
          int length = prompts.length / rows;
          for (int i = 0; i < length; i++) {
            seen.set((int) prompts[row * length + i]);
          }
          candidates.select(logits, row * vocabulary, seen);
          String where = configuration.get("name").asText() + " row " + row;
          assertThat(candidates.kept())
              .as(where)
              .isEqualTo(configuration.get("kept").get(row).asInt());
          double[] probabilities = new double[vocabulary];
          for (int i = 0; i < candidates.kept(); i++) {
            probabilities[candidates.token(i)] = candidates.probability(i);
          }
          double[] wanted = new double[vocabulary];
          for (int i = 0; i < vocabulary; i++) {
            wanted[i] = expected[row * vocabulary + i];
          }
          if (row == TIED_ROW) { // which of equal tokens are kept is a matter of sorting
            Arrays.sort(probabilities);
            Arrays.sort(wanted);
          }
          assertThat(probabilities).as(where).containsExactly(wanted, within(1e-5));
        }
      }
    }
  }

  private static SamplingSettings settings(JsonNode configuration) {
    return SamplingSettings.DEFAULT
        .withTemperature(configuration.get("temperature").asDouble())
        .withTopK(configuration.get("top_k").asInt())
        .withTopP(configuration.get("top_p").asDouble())
        .withMinP(configuration.path("min_p").asDouble(0))
        .withRepetitionPenalty(configuration.path("repetition_penalty").asDouble(1));
  }
}
