package dev.hone.policy.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.policy.InvalidInput;
import dev.hone.policy.Shared;
import dev.hone.policy.tensor.DType;
import dev.hone.policy.tensor.RouterSettings.GroupScore;
import dev.hone.policy.tensor.RouterSettings.Scoring;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {

  @TempDir Path temporary;

  @Test
  void absentKeysOfDeepSeekV3HaveTheDefaultsOfTheReleasedModel() {
    ModelConfig config = ModelConfig.fromMap(Map.of("model_type", "deepseek_v3"));
    assertThat(config.width()).isEqualTo(7168);
    assertThat(config.layers()).isEqualTo(61);
    assertThat(config.vocabularySize()).isEqualTo(129280);
    AttentionConfig.Mla mla = (AttentionConfig.Mla) config.attention();
    assertThat(mla.heads()).isEqualTo(128);
    assertThat(mla.queryRank()).isEqualTo(1536);
    assertThat(mla.cacheWidth()).isEqualTo(576);
    assertThat(mla.scale()).isCloseTo(Math.pow(192, -0.5), within(1e-12));
    assertThat(config.feedForwards().subList(0, 3))
        .allMatch(layer -> layer.equals(new FeedForwardConfig.Dense(18432)));
    FeedForwardConfig.Moe moe = (FeedForwardConfig.Moe) config.feedForwards().get(3);
    assertThat(moe.experts()).isEqualTo(256);
    assertThat(moe.router().scoring()).isEqualTo(Scoring.SIGMOID);
    assertThat(moe.router().groupScore()).isEqualTo(GroupScore.TOP_TWO_SUM);
    assertThat(moe.router().scale()).isEqualTo(2.5f);
  }

  @Test
  void theReportedSizesOfTheDeepSeekModelsComeOut() {
    // DeepSeek-V3 (2024), abstract: 671B parameters, 37B activated for each token.
    ModelSize v3 = ModelSize.of(ModelConfig.fromMap(Map.of("model_type", "deepseek_v3")));
    assertThat(v3.parameters() / 1e9).isCloseTo(671, within(0.5));
    assertThat(v3.activeParameters() / 1e9).isCloseTo(37, within(1.0));
    assertThat(v3.cacheNumbersPerToken()).isEqualTo(61 * 576);
    assertThat(v3.multiHeadCacheNumbersPerToken()).isEqualTo(61 * 2 * 128 * 128);
    assertThat(v3.cacheBytesPerToken(DType.BFLOAT16)).isEqualTo(2 * 61 * 576);
    // DeepSeek-V2 (2024), appendix B: V2-Lite has 15.7B parameters, 2.4B activated.
    Map<String, Object> lite = new HashMap<>();
    lite.put("model_type", "deepseek_v2");
    lite.put("hidden_size", 2048);
    lite.put("num_hidden_layers", 27);
    lite.put("num_attention_heads", 16);
    lite.put("intermediate_size", 10944);
    lite.put("moe_intermediate_size", 1408);
    lite.put("n_routed_experts", 64);
    lite.put("num_experts_per_tok", 6);
    lite.put("n_shared_experts", 2);
    lite.put("first_k_dense_replace", 1);
    lite.put("q_lora_rank", null);
    lite.put("vocab_size", 102400);
    lite.put(
        "rope_scaling",
        Map.of(
            "type",
            "yarn",
            "factor",
            40,
            "mscale",
            0.707,
            "mscale_all_dim",
            0.707,
            "original_max_position_embeddings",
            4096,
            "beta_fast",
            32,
            "beta_slow",
            1));
    ModelConfig config = ModelConfig.fromMap(lite);
    ModelSize v2Lite = ModelSize.of(config);
    assertThat(v2Lite.parameters() / 1e9).isCloseTo(15.7, within(0.05));
    assertThat(v2Lite.activeParameters() / 1e9).isCloseTo(2.4, within(0.3));
    assertThat(config.attention().scale()).isCloseTo(0.114721, within(1e-6));
  }

  @ParameterizedTest
  @CsvSource({
    "tiny-deepseek-v2-lite, 0.3244810821936116, 1.0",
    "variants/v3-16experts-yarn-eps, 0.38249888831204115, 1.0",
    "variants/v2-lite-mscale-differs, 0.286367299273691, 1.1557219901962608",
    "checkpoint-formats/v3-hub-style, 0.38249888831204115, 1.0",
    "checkpoint-formats/v2-lite-hub-style, 0.3244810821936116, 1.0",
  })
  void yarnGivesTheFrequenciesAndScalesOfTransformers(
      String fixture, double scale, double magnitude) {
    ModelConfig config =
        ModelConfig.read(Shared.directory("fixtures/" + fixture).resolve("config.json"));
    assertThat(config.attention().scale()).isCloseTo(scale, within(1e-9));
    assertThat(config.rotary().magnitude()).isCloseTo((float) magnitude, within(1e-6f));
    assertThat(config.rotary().inverseFrequencies())
        .containsExactly(
            new float[] {1, 0.14274510741233826f, 0.015652475878596306f, 0.00023643538588657975f},
            within(1e-7f));
  }

  @Test
  void llama3ScalingGivesTheFrequenciesOfTransformers() {
    ModelConfig config =
        ModelConfig.read(
            Shared.directory("fixtures/tiny-dense/llama3-rope").resolve("config.json"));
    assertThat(config.rotary().inverseFrequencies())
        .containsExactly(
            new float[] {
              1,
              0.4216965138912201f,
              0.06430987268686295f,
              0.009373676963150501f,
              0.0039528473280370235f,
              0.0016669018659740686f,
              0.0007029266562312841f,
              0.00029642172739841044f
            },
            within(1e-8f));
  }

  @ParameterizedTest
  @CsvSource({
    "tiny-deepseek-v3, 206136",
    "tiny-deepseek-v2-lite, 225264",
    "variants/v3-negbias-attnbias, 171120",
    "variants/v3-nogroup-noqlora-tied-halfrope, 137200",
    "tiny-dense/llama, 133568",
    "tiny-dense/qwen3-moe, 214608",
  })
  void parametersAreCountedAsTransformersCountsThem(String fixture, long expected) {
    ModelConfig config =
        ModelConfig.read(Shared.directory("fixtures/" + fixture).resolve("config.json"));
    long trained =
        ParameterLayout.of(config).specs().stream()
            .filter(ParameterSpec::trained)
            .mapToLong(ParameterSpec::size)
            .sum();
    assertThat(trained).isEqualTo(expected);
  }

  @Test
  void unknownKeysOfAConfigFileAreKeptAndDefaultsWrittenOut() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("model_type", "deepseek_v3");
    keys.put("num_nextn_predict_layers", 1);
    keys.put("auto_map", Map.of("AutoModel", "modeling.Own"));
    keys.put("quantization_config", Map.of("quant_method", "fp8"));
    keys.put("something_new", List.of(1, 2));
    keys.put("q_lora_rank", null);
    Map<String, Object> written = ModelConfig.fromMap(keys).toMap();
    assertThat(written)
        .containsEntry("something_new", List.of(1, 2))
        .containsEntry("q_lora_rank", null)
        .containsEntry("kv_lora_rank", 512)
        .containsEntry("rope_theta", 10000.0)
        .containsEntry("architectures", List.of("DeepseekV3ForCausalLM"))
        .containsEntry("num_nextn_predict_layers", 0)
        .doesNotContainKeys("auto_map", "quantization_config");
    assertThat(ModelConfig.fromMap(written).toMap()).isEqualTo(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | \"model_type\" is missing; supported are deepseek_v3, deepseek_v2, llama, qwen2, qwen3, qwen3_moe",
        "{\"model_type\":\"gpt2\"} | \"model_type\" is \"gpt2\"; supported are",
        "{\"model_type\":\"llama\",\"hidden_act\":\"gelu\"} | \"hidden_act\" must be \"silu\" (the only one supported), found \"gelu\"",
        "{\"model_type\":\"llama\",\"rope_scaling\":{\"rope_type\":\"dynamic\",\"factor\":2}} | \"rope_scaling\": \"rope_type\" must be one of default, linear, yarn, llama3, found \"dynamic\"",
        "{\"model_type\":\"llama\",\"rope_parameters\":{\"rope_type\":\"llama3\",\"factor\":8}} | \"low_freq_factor\" is missing",
        "{\"model_type\":\"llama\",\"rope_parameters\":5} | \"rope_parameters\" must be an object, found 5",
        "{\"model_type\":\"llama\",\"hidden_size\":-3} | \"hidden_size\" must be a whole number of at least 1, found -3",
        "{\"model_type\":\"llama\",\"hidden_size\":\"64\"} | found \"64\"",
        "{\"model_type\":\"llama\",\"hidden_size\":64.5} | found 64.5",
        "{\"model_type\":\"llama\",\"hidden_size\":100} | \"hidden_size\" = 100 must be a multiple of \"num_attention_heads\" = 32",
        "{\"model_type\":\"llama\",\"num_key_value_heads\":5} | must be a multiple of \"num_key_value_heads\" = 5",
        "{\"model_type\":\"llama\",\"mlp_bias\":true} | \"mlp_bias\" must be false",
        "{\"model_type\":\"llama\",\"tie_word_embeddings\":1} | must be true or false, found 1",
        "{\"model_type\":\"llama\",\"rms_norm_eps\":0} | \"rms_norm_eps\" must be a number above 0, found 0.0",
        "{\"model_type\":\"qwen2\",\"use_sliding_window\":true} | only full attention is supported",
        "{\"model_type\":\"qwen3\",\"layer_types\":[\"sliding_attention\"]} | \"full_attention\" in every layer",
        "{\"model_type\":\"deepseek_v3\",\"n_group\":7} | do not fit",
        "{\"model_type\":\"deepseek_v3\",\"n_group\":256,\"topk_group\":8} | at least twice \"n_group\"",
        "{\"model_type\":\"deepseek_v2\"} | \"num_experts_per_tok\" is missing",
        "{\"model_type\":\"deepseek_v2\",\"topk_method\":\"noaux_tc\"} | must be one of greedy, group_limited_greedy, found \"noaux_tc\"",
        "{\"model_type\":\"qwen3_moe\",\"num_experts_per_tok\":200} | at most the number of experts, 128",
        "{\"model_type\":\"qwen3_moe\",\"mlp_only_layers\":\"0\"} | a list of whole numbers",
        "{\"model_type\": | is not JSON",
        "[1] | is not JSON",
      })
  void whatCannotBeUsedIsOneLineThatNamesTheKey(String json, String expected) throws IOException {
    Path file = temporary.resolve("config.json");
    Files.writeString(file, json);
    assertThatThrownBy(() -> ModelConfig.read(file))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(expected)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void anUnknownKeyOfAFreshModelNamesTheNearest() {
    assertThatThrownBy(
            () ->
                ModelConfig.fresh(
                    "model.init", Map.of("model_type", "deepseek_v3", "hiden_size", 64)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(
            "model.init: unknown key \"hiden_size\"; the nearest that a model of this type has is \"hidden_size\"");
  }

  @Test
  void everyKeyThatTransformersWritesIsKnownToAFreshModel() throws IOException {
    for (String fixture :
        List.of(
            "tiny-deepseek-v3",
            "tiny-deepseek-v2-lite",
            "tiny-dense/llama",
            "tiny-dense/qwen2",
            "tiny-dense/qwen3",
            "tiny-dense/qwen3-moe",
            "checkpoint-formats/v3-hub-style",
            "checkpoint-formats/v2-lite-hub-style")) {
      Path file = Shared.directory("fixtures/" + fixture).resolve("config.json");
      @SuppressWarnings("unchecked")
      Map<String, Object> keys =
          new ObjectMapper().readValue(Files.readString(file), LinkedHashMap.class);
      assertThat(ModelConfig.fresh(fixture, keys).layers()).isPositive();
    }
  }
}
