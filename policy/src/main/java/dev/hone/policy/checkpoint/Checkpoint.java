package dev.hone.policy.checkpoint;

import dev.hone.policy.InvalidInput;
import dev.hone.policy.model.DecoderModel;
import dev.hone.policy.model.DiskTensor;
import dev.hone.policy.model.ModelConfig;
import dev.hone.policy.model.ParameterLayout;
import dev.hone.policy.model.Purpose;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Hugging Face checkpoint directory: {@code config.json}, {@code model.safetensors} or its
 * shards, and the tokenizer's files beside them. Weights in bf16, fp16 or block-scaled FP8 are
 * widened to fp32 one tensor at a time.
 */
public final class Checkpoint {

  private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d{1,9})\\..*");
  private static final int FP8_BLOCK = 128;

  private final Path directory;
  private final ModelConfig config;
  private final int blockRows;
  private final int blockColumns;

  private Checkpoint(Path directory, ModelConfig config, int blockRows, int blockColumns) {
    this.directory = directory;
    this.config = config;
    this.blockRows = blockRows;
    this.blockColumns = blockColumns;
  }

  /**
   * Opens a directory and checks, without reading the weights, that they are what its {@code
   * config.json} describes: every tensor there, of the right shape, and none unaccounted for.
   *
   * @throws InvalidInput where it is not
   */
  public static Checkpoint open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new InvalidInput(
          Files.exists(directory)
              ? "%s is not a directory; give the folder of a Hugging Face checkpoint."
                  .formatted(directory)
              : "There is no checkpoint at %s.".formatted(directory));
    }
    Path configFile = directory.resolve("config.json");
    if (!Files.exists(configFile)) {
      throw new InvalidInput(
          "%s is not a Hugging Face checkpoint: it has no config.json.".formatted(directory));
    }
    ModelConfig config = ModelConfig.read(configFile);
    int[] block = fp8Block(configFile, config.keys().get("quantization_config"));
    Checkpoint checkpoint = new Checkpoint(directory, config, block[0], block[1]);
    try (WeightFiles weights = checkpoint.weights()) {
      checkpoint.check(weights);
    }
    return checkpoint;
  }

  public Path directory() {
    return directory;
  }

  public ModelConfig config() {
    return config;
  }

  /** Reads the weights into a model; at most one parameter is held twice at a time. */
  public DecoderModel load(Ops ops, Purpose purpose) {
    try (WeightFiles weights = weights()) {
      return DecoderModel.of(
          config,
          ops,
          purpose,
          (spec, values) -> {
            for (DiskTensor tensor : spec.disk()) {
              weights.read(tensor.name(), values, (int) tensor.offset());
            }
          });
    }
  }

  /**
   * Writes {@code model} as a checkpoint that transformers loads, every file flushed to the disk:
   * {@code config.json}, {@code generation_config.json}, {@code model.safetensors}, and copies of
   * the tokenizer's files. Correction biases stay fp32 in either type.
   *
   * @param directory made where absent; files of the same names in it are replaced
   * @param tokenizerSource directory whose tokenizer files and {@code generation_config.json} are
   *     copied; null for none
   * @param dtype of the weights on disk, {@link DType#FLOAT32} or {@link DType#BFLOAT16}
   */
  public static void write(Path directory, DecoderModel model, Path tokenizerSource, DType dtype)
      throws IOException {
    new CheckpointWriter(directory, model, dtype).write(tokenizerSource);
  }

  private WeightFiles weights() {
    return WeightFiles.open(directory, blockRows, blockColumns);
  }

  private void check(WeightFiles weights) {
    Map<String, DiskTensor> expected = ParameterLayout.of(config).diskTensors();
    for (DiskTensor tensor : expected.values()) {
      if (!weights.names().contains(tensor.name())) {
        throw new InvalidInput(
            "%s has no tensor %s %s, which its config.json (%s) asks for."
                .formatted(directory, tensor.name(), tensor.shape(), config.family().modelType()));
      }
      TensorEntry entry = weights.entry(tensor.name());
      if (!entry.shape().equals(tensor.shape())) {
        throw new InvalidInput(
            "%s: tensor %s has shape %s, but config.json gives it %s."
                .formatted(
                    weights.file(tensor.name()), tensor.name(), entry.shape(), tensor.shape()));
      }
      weights.checkScales(tensor.name());
    }
    List<String> unaccounted =
        weights.names().stream()
            .filter(name -> !expected.containsKey(name) && !ignorable(weights, name))
            .sorted()
            .toList();
    if (!unaccounted.isEmpty()) {
      throw new InvalidInput(
          "%s: tensor %s%s has no place in the architecture of config.json (%s)."
              .formatted(
                  weights.file(unaccounted.get(0)),
                  unaccounted.get(0),
                  unaccounted.size() == 1 ? "" : " (and " + (unaccounted.size() - 1) + " more)",
                  config.family().modelType()));
    }
  }

  /**
   * Whether a tensor may be left unread: a scale, a head that is tied, rotary buffers of old
   * checkpoints, and the multi-token-prediction layers after the last.
   */
  private boolean ignorable(WeightFiles weights, String name) {
    Matcher layer = LAYER.matcher(name);
    return weights.isScale(name)
        || name.endsWith("rotary_emb.inv_freq")
        || (config.tiedHead() && name.equals("lm_head.weight"))
        || (layer.matches() && Integer.parseInt(layer.group(1)) >= config.layers());
  }

  private static int[] fp8Block(Path configFile, Object quantization) {
    if (quantization == null) {
      return new int[] {FP8_BLOCK, FP8_BLOCK};
    }
    Map<?, ?> settings = quantization instanceof Map<?, ?> map ? map : new TreeMap<>();
    Object method = settings.get("quant_method");
    Object block = settings.get("weight_block_size");
    if (!"fp8".equals(method)) {
      throw new InvalidInput(
          "%s: \"quantization_config\" has the quant_method %s; readable are unquantised weights and \"fp8\" in blocks."
              .formatted(configFile, method));
    }
    if (block == null) {
      return new int[] {FP8_BLOCK, FP8_BLOCK};
    }
    if (block instanceof List<?> sizes
        && sizes.size() == 2
        && sizes.stream().allMatch(size -> size instanceof Integer n && n > 0)) {
      return new int[] {(Integer) sizes.get(0), (Integer) sizes.get(1)};
    }
    throw new InvalidInput(
        "%s: \"weight_block_size\" must be two whole numbers above 0, found %s."
            .formatted(configFile, block));
  }
}
