package dev.hone.policy.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hone.policy.InvalidInput;
import dev.hone.policy.Shared;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a checkpoint is said before it is used, in one line. */
class CheckpointTest {

  @TempDir Path temporary;

  @Test
  void soundCheckpointsOfEveryKindOpen() {
    for (String name :
        new String[] {
          "tiny-deepseek-v3", "checkpoint-formats/v3-hub-style", "tiny-dense/qwen2-tied"
        }) {
      Path directory = Shared.directory("fixtures/" + name);
      assertThat(Checkpoint.open(directory).directory()).isEqualTo(directory);
    }
  }

  @Test
  void whatIsNotACheckpointIsRefused() throws IOException {
    assertRefused(temporary.resolve("absent"), "There is no checkpoint at");
    Path file = Files.createFile(temporary.resolve("file"));
    assertRefused(file, "is not a directory");
    assertRefused(temporary, "it has no config.json");
    Files.writeString(temporary.resolve("config.json"), "{\"model_type\": \"llama\"}");
    assertRefused(temporary, "holds no weights: expected model.safetensors");
    Files.createFile(temporary.resolve("pytorch_model.bin"));
    assertRefused(temporary, "pytorch_model.bin is pickled Python");
  }

  @Test
  void aFileThatIsCutShortIsRefused() throws IOException {
    copy("tiny-deepseek-v3");
    try (RandomAccessFile file =
        new RandomAccessFile(temporary.resolve("model.safetensors").toFile(), "rw")) {
      file.setLength(file.length() - 5);
    }
    assertRefused(temporary, "it is cut short, copy it again");
  }

  @Test
  void tensorsThatAreMissingMisshapenOrLeftOverAreRefused() throws IOException {
    copy("tiny-deepseek-v3");
    rewriteConfig(config -> config.put("num_hidden_layers", 4));
    assertRefused(temporary, "has no tensor model.layers.3.input_layernorm.weight [64], which");
    rewriteConfig(config -> config.put("num_hidden_layers", 3).put("intermediate_size", 97));
    assertRefused(
        temporary,
        "tensor model.layers.0.mlp.down_proj.weight has shape [64, 96], but config.json gives it [64, 97]");
    rewriteConfig(config -> config.put("intermediate_size", 96).put("n_routed_experts", 4));
    assertRefused(temporary, "must hold the chosen experts");
    rewriteConfig(
        config ->
            config.put("n_routed_experts", 8).put("q_lora_rank", 24).putNull("n_shared_experts"));
    assertRefused(
        temporary,
        "tensor model.layers.1.mlp.shared_experts.down_proj.weight (and 5 more) has no place");
    rewriteConfig(config -> config.put("n_shared_experts", 1).put("model_type", "mamba"));
    assertRefused(temporary, "\"model_type\" is \"mamba\"");
  }

  @Test
  void anIndexThatDoesNotMatchItsShardsIsRefused() throws IOException {
    copy("checkpoint-formats/v3-hub-style");
    Path index = temporary.resolve("model.safetensors.index.json");
    String sound = Files.readString(index);
    Files.writeString(
        index,
        sound.replace("model-00002-of-000003.safetensors", "model-00003-of-000003.safetensors"));
    assertRefused(temporary, "model-00003-of-000003.safetensors has no tensor model.layers.");
    Files.writeString(
        index, sound.replace("model-00002-of-000003.safetensors", "../elsewhere.safetensors"));
    assertRefused(temporary, "\"../elsewhere.safetensors\", which is not a file beside it");
    Files.writeString(index, "{}");
    assertRefused(temporary, "has no \"weight_map\"");
    Files.writeString(index, "{");
    assertRefused(temporary, "cannot be read: it is not JSON");
    Files.writeString(index, sound);
    Files.delete(temporary.resolve("model-00002-of-000003.safetensors"));
    assertRefused(temporary, "model-00002-of-000003.safetensors cannot be read: it does not exist");
  }

  @Test
  void aQuantisationOtherThanFp8InBlocksIsRefused() throws IOException {
    copy("tiny-deepseek-v3");
    rewriteConfig(config -> config.putObject("quantization_config").put("quant_method", "gptq"));
    assertRefused(temporary, "has the quant_method gptq; readable are");
    rewriteConfig(
        config ->
            config
                .putObject("quantization_config")
                .put("quant_method", "fp8")
                .put("weight_block_size", 128));
    assertRefused(temporary, "\"weight_block_size\" must be two whole numbers");
  }

  @Test
  void fp8WithoutScalesOrWithTheWrongNumberIsRefused() throws IOException {
    Path file = temporary.resolve("model.safetensors");
    byte[] header =
        ("{\"w\":{\"dtype\":\"F8_E4M3\",\"shape\":[2,4],\"data_offsets\":[0,8]},"
                + "\"w_scale_inv\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[8,16]}}")
            .getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(header.length).put(header).array());
    try (WeightFiles weights = WeightFiles.open(temporary, 128, 128)) {
      assertThatThrownBy(() -> weights.checkScales("w"))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("tensor w [2, 4] is FP8 in blocks of 128 x 128")
          .hasMessageContaining("[1, 2]");
    }
    try (WeightFiles weights = WeightFiles.open(temporary, 2, 2)) {
      weights.checkScales("w");
      assertThat(weights.isScale("w_scale_inv")).isTrue();
    }
    byte[] alone =
        "{\"w\":{\"dtype\":\"F8_E4M3\",\"shape\":[2,4],\"data_offsets\":[0,8]}}"
            .getBytes(StandardCharsets.UTF_8);
    bytes = ByteBuffer.allocate(16 + alone.length).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(alone.length).put(alone).array());
    try (WeightFiles weights = WeightFiles.open(temporary, 128, 128)) {
      assertThatThrownBy(() -> weights.checkScales("w"))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("w_scale_inv is missing");
    }
  }

  private void copy(String fixture) throws IOException {
    try (Stream<Path> files = Files.list(Shared.directory("fixtures/" + fixture))) {
      for (Path file : files.toList()) {
        Path target = temporary.resolve(file.getFileName().toString());
        Files.write(target, Files.readAllBytes(file));
      }
    }
  }

  private void rewriteConfig(Consumer<ObjectNode> change) throws IOException {
    Path file = temporary.resolve("config.json");
    ObjectNode config = (ObjectNode) new ObjectMapper().readTree(file.toFile());
    change.accept(config);
    Files.writeString(file, config.toString());
  }

  private static void assertRefused(Path directory, String expected) {
    assertThatThrownBy(() -> Checkpoint.open(directory))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }
}
