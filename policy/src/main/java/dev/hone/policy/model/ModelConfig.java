package dev.hone.policy.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.InvalidInput;
import dev.hone.policy.tensor.RotaryTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An architecture as data, read from a Hugging Face {@code config.json} of DeepSeek-V3/R1,
 * DeepSeek-V2(-Lite), Llama, Qwen2, Qwen3 or Qwen3-MoE, as transformers 4 or 5 writes it. Absent
 * keys have the defaults of transformers.
 *
 * @param width of the residual stream
 * @param rotary the rotary frequencies of every layer
 * @param feedForwards one a layer, in order
 * @param normEpsilon of the layer norms
 * @param tiedHead whether the head is the embedding
 * @param initializerRange standard deviation of fresh weights
 * @param maxPositions longest sequence the model is meant for
 * @param keys what was read, unknown keys included, and the defaults of absent ones
 */
public record ModelConfig(
    ModelFamily family,
    int vocabularySize,
    int width,
    AttentionConfig attention,
    RotaryTable rotary,
    List<FeedForwardConfig> feedForwards,
    double normEpsilon,
    boolean tiedHead,
    double initializerRange,
    int maxPositions,
    Map<String, Object> keys) {

  /** Keys that no computation depends on. */
  private static final Set<String> HARMLESS =
      Set.of(
          "architectures",
          "model_type",
          "bos_token_id",
          "eos_token_id",
          "pad_token_id",
          "unk_token_id",
          "use_cache",
          "dtype",
          "torch_dtype",
          "transformers_version",
          "attention_dropout",
          "pretraining_tp",
          "router_aux_loss_coef",
          "output_router_logits",
          "head_dim",
          "qk_head_dim",
          "num_key_value_heads",
          "scoring_func",
          "topk_method",
          "moe_layer_freq",
          "n_group",
          "topk_group",
          "norm_topk_prob",
          "num_nextn_predict_layers",
          "aux_loss_alpha",
          "seq_aux",
          "ep_size",
          "max_window_layers",
          "sliding_window",
          "layer_types");

  public ModelConfig {
    feedForwards = List.copyOf(feedForwards);
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
  }

  /**
   * Reads a {@code config.json}.
   *
   * @throws InvalidInput where it cannot be read or names something unsupported
   */
  public static ModelConfig read(Path configJson) {
    try {
      Map<String, Object> keys =
          new ObjectMapper()
              .readValue(Files.readString(configJson), new TypeReference<Map<String, Object>>() {});
      return ModelConfigReader.read(new ConfigKeys(configJson.toString(), keys), keys);
    } catch (JsonProcessingException e) {
      throw new InvalidInput(
          "%s is not JSON: %s.".formatted(configJson, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new InvalidInput("%s cannot be read: %s.".formatted(configJson, e.getMessage()), e);
    }
  }

  /** From the keys of a {@code config.json}; keys that are not understood are kept. */
  public static ModelConfig fromMap(Map<String, Object> keys) {
    return ModelConfigReader.read(new ConfigKeys("config.json", keys), keys);
  }

  /**
   * From keys that a user wrote for a fresh model: as {@link #fromMap}, but an unknown key is an
   * error that names the nearest.
   *
   * @param where where they stand, for messages
   */
  public static ModelConfig fresh(String where, Map<String, Object> keys) {
    ConfigKeys reader = new ConfigKeys(where, keys);
    ModelConfig config = ModelConfigReader.read(reader, keys);
    reader.rejectUnknown(HARMLESS);
    return config;
  }

  public int layers() {
    return feedForwards.size();
  }

  /** The same with one key set; what follows from it is read anew. */
  public ModelConfig with(String key, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(keys);
    changed.put(key, value);
    return fromMap(changed);
  }

  /**
   * The keys of a {@code config.json} that describes the model as it is written: unquantised,
   * without multi-token-prediction layers and without code of its own.
   */
  public Map<String, Object> toMap() {
    Map<String, Object> written = new LinkedHashMap<>(keys);
    written.put("model_type", family.modelType());
    written.put("architectures", List.of(family.architecture()));
    written.remove("quantization_config");
    written.remove("auto_map");
    if (attention instanceof AttentionConfig.Mla mla) {
      // transformers divides by it, with a default that suits the released model only.
      written.put("num_key_value_heads", mla.heads());
    }
    if (family == ModelFamily.DEEPSEEK_V3) {
      written.remove("num_mtp_layers");
      written.put("num_nextn_predict_layers", 0);
    }
    return written;
  }
}
