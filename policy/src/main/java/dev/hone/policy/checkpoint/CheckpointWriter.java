package dev.hone.policy.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.hone.policy.checkpoint.SafetensorsWriter.Announced;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.DiskTensor;
import dev.hone.policy.model.ParameterSpec;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.Parameter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the files of one checkpoint directory. */
final class CheckpointWriter {

  private static final List<String> TOKENIZER_FILES =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "tokenizer.model",
          "chat_template.jinja");

  private static final List<String> TOKEN_KEYS =
      List.of("bos_token_id", "eos_token_id", "pad_token_id");

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Path directory;
  private final DecoderModel model;
  private final TensorType type;

  CheckpointWriter(Path directory, DecoderModel model, DType dtype) {
    this.directory = directory;
    this.model = model;
    this.type =
        switch (dtype) {
          case FLOAT32 -> TensorType.F32;
          case BFLOAT16 -> TensorType.BF16;
          case INT32 -> throw new IllegalArgumentException("Weights cannot be written as INT32.");
        };
  }

  void write(Path tokenizerSource) throws IOException {
    Files.createDirectories(directory);
    writeConfig();
    writeGenerationConfig(tokenizerSource);
    writeWeights();
    if (tokenizerSource != null) {
      for (String name : TOKENIZER_FILES) {
        Path source = tokenizerSource.resolve(name);
        if (Files.exists(source) && !tokenizerSource.equals(directory)) {
          writeBytes(directory.resolve(name), Files.readAllBytes(source));
        }
      }
    }
    try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }

  private void writeConfig() throws IOException {
    Map<String, Object> keys = new LinkedHashMap<>(model.config().toMap());
    keys.remove("torch_dtype");
    keys.put("dtype", type == TensorType.F32 ? "float32" : "bfloat16");
    writeBytes(directory.resolve("config.json"), JSON.writeValueAsBytes(keys));
  }

  private void writeGenerationConfig(Path tokenizerSource) throws IOException {
    Path target = directory.resolve("generation_config.json");
    Path source =
        tokenizerSource == null ? null : tokenizerSource.resolve("generation_config.json");
    if (source != null && Files.exists(source)) {
      writeBytes(target, Files.readAllBytes(source));
      return;
    }
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("_from_model_config", true);
    for (String key : TOKEN_KEYS) {
      Object value = model.config().keys().get(key);
      if (value != null) {
        keys.put(key, value);
      }
    }
    writeBytes(target, JSON.writeValueAsBytes(keys));
  }

  private void writeWeights() throws IOException {
    Map<String, Announced> announced = new LinkedHashMap<>();
    for (ParameterSpec spec : model.layout().specs()) {
      for (DiskTensor tensor : spec.disk()) {
        announced.put(
            tensor.name(), new Announced(spec.trained() ? type : TensorType.F32, tensor.shape()));
      }
    }
    Path file = directory.resolve(WeightFiles.SINGLE);
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(file, announced, Map.of("format", "pt"))) {
      for (Parameter parameter : model.parameters()) {
        float[] values = parameter.value().toFloats();
        for (DiskTensor tensor : model.layout().spec(parameter.name()).disk()) {
          writer.write(tensor.name(), values, (int) tensor.offset(), tensor.size());
        }
      }
      writer.finish();
    }
  }

  private static void writeBytes(Path file, byte[] bytes) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
  }
}
