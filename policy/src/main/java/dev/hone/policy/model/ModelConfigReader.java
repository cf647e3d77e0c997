package dev.hone.policy.model;

import dev.hone.policy.tensor.RouterSettings;
import dev.hone.policy.tensor.RouterSettings.GroupScore;
import dev.hone.policy.tensor.RouterSettings.Scoring;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What the keys of each family mean, and their defaults in transformers. */
final class ModelConfigReader {

  private final ConfigKeys keys;
  private final ModelFamily family;

  private ModelConfigReader(ConfigKeys keys, ModelFamily family) {
    this.keys = keys;
    this.family = family;
  }

  static ModelConfig read(ConfigKeys keys, Map<String, Object> given) {
    ModelFamily family = ModelFamily.of(keys.where(), given.get("model_type"));
    return new ModelConfigReader(keys, family).read();
  }

  private ModelConfig read() {
    keys.oneOf("hidden_act", "silu", List.of("silu"));
    refuse("mlp_bias");
    int vocabulary = keys.positive("vocab_size", pick(129280, 102400, 32000, 151936));
    int width = keys.positive("hidden_size", wide(7168, 4096, 2048));
    int layers = keys.positive("num_hidden_layers", wide(61, 32, 24));
    boolean latent = family == ModelFamily.DEEPSEEK_V3 || family == ModelFamily.DEEPSEEK_V2;
    int rotated = latent ? keys.positive("qk_rope_head_dim", 64) : headWidth(width);
    boolean interleaved =
        family == ModelFamily.DEEPSEEK_V2
            || (family == ModelFamily.DEEPSEEK_V3 && keys.flag("rope_interleave", true));
    int maxPositions = keys.positive("max_position_embeddings", pick(4096, 2048, 2048, 32768));
    Rope rope = Rope.read(keys, rotated, interleaved, maxPositions);
    AttentionConfig attention = latent ? mla(rotated, rope) : gqa(rotated, layers);
    List<FeedForwardConfig> feedForwards =
        switch (family) {
          case DEEPSEEK_V3, DEEPSEEK_V2 -> deepSeekLayers(layers);
          case QWEN3_MOE -> qwenMoeLayers(layers);
          case LLAMA -> dense(layers, 11008);
          case QWEN2, QWEN3 -> dense(layers, 22016);
        };
    return new ModelConfig(
        family,
        vocabulary,
        width,
        attention,
        rope.table(),
        feedForwards,
        keys.positiveNumber("rms_norm_eps", 1e-6),
        keys.flag("tie_word_embeddings", false),
        keys.positiveNumber("initializer_range", 0.02),
        maxPositions,
        keys.resolved());
  }

  private AttentionConfig mla(int rope, Rope frequencies) {
    int heads = keys.positive("num_attention_heads", family == ModelFamily.DEEPSEEK_V3 ? 128 : 32);
    int nope = keys.positive("qk_nope_head_dim", 128);
    int queryRank = keys.isNull("q_lora_rank") ? 0 : keys.positive("q_lora_rank", 1536);
    return new AttentionConfig.Mla(
        heads,
        queryRank,
        keys.positive("kv_lora_rank", 512),
        nope,
        rope,
        keys.positive("v_head_dim", 128),
        keys.flag("attention_bias", false),
        Math.pow(nope + rope, -0.5) * frequencies.scoreFactor());
  }

  private AttentionConfig gqa(int headWidth, int layers) {
    int heads = keys.positive("num_attention_heads", 32);
    int keyValueHeads =
        keys.positive(
            "num_key_value_heads",
            family == ModelFamily.LLAMA || keys.isNull("num_key_value_heads")
                ? heads
                : family == ModelFamily.QWEN3_MOE ? 4 : 32);
    if (heads % keyValueHeads != 0) {
      throw keys.inconsistent(
          "\"num_attention_heads\" = %d must be a multiple of \"num_key_value_heads\" = %d."
              .formatted(heads, keyValueHeads));
    }
    refuseSlidingWindow(layers);
    boolean bias = family != ModelFamily.QWEN2 && keys.flag("attention_bias", false);
    return new AttentionConfig.Gqa(
        heads,
        keyValueHeads,
        headWidth,
        bias || family == ModelFamily.QWEN2,
        bias,
        family == ModelFamily.QWEN3 || family == ModelFamily.QWEN3_MOE,
        Math.pow(headWidth, -0.5));
  }

  private int headWidth(int width) {
    if (!keys.has("head_dim") && family == ModelFamily.QWEN3) {
      return keys.positive("head_dim", 128);
    }
    int heads = keys.positive("num_attention_heads", 32);
    if (!keys.has("head_dim") && width % heads != 0) {
      throw keys.inconsistent(
          "\"hidden_size\" = %d must be a multiple of \"num_attention_heads\" = %d where \"head_dim\" is absent."
              .formatted(width, heads));
    }
    return keys.has("head_dim") ? keys.positive("head_dim") : width / heads;
  }

  private void refuseSlidingWindow(int layers) {
    boolean windowed =
        keys.flag("use_sliding_window", false)
            && !keys.isNull("sliding_window")
            && (family == ModelFamily.QWEN3_MOE
                || keys.integer("max_window_layers", 28, 0) < layers);
    if (windowed) {
      throw keys.wrong("use_sliding_window", true, "false: only full attention is supported");
    }
    if (keys.raw("layer_types") instanceof List<?> types
        && types.stream().anyMatch(type -> !"full_attention".equals(type))) {
      throw keys.wrong(
          "layer_types", types, "\"full_attention\" in every layer (the only one supported)");
    }
  }

  private void refuse(String flag) {
    if (keys.raw(flag) instanceof Boolean set && set) {
      throw keys.wrong(flag, true, "false (true is not supported)");
    }
  }

  private List<FeedForwardConfig> dense(int layers, int fallback) {
    FeedForwardConfig dense =
        new FeedForwardConfig.Dense(keys.positive("intermediate_size", fallback));
    return IntStream.range(0, layers).mapToObj(layer -> dense).toList();
  }

  private List<FeedForwardConfig> deepSeekLayers(int layers) {
    boolean v3 = family == ModelFamily.DEEPSEEK_V3;
    int denseLayers = keys.integer("first_k_dense_replace", v3 ? 3 : 0, 0);
    FeedForwardConfig dense =
        new FeedForwardConfig.Dense(keys.positive("intermediate_size", v3 ? 18432 : 11008));
    int experts = keys.positive("n_routed_experts", v3 ? 256 : 64);
    int expertWidth = keys.positive("moe_intermediate_size", v3 ? 2048 : 1407);
    int shared =
        keys.isNull("n_shared_experts") ? 0 : keys.integer("n_shared_experts", v3 ? 1 : 2, 0);
    FeedForwardConfig moe =
        new FeedForwardConfig.Moe(
            experts,
            expertWidth,
            shared * expertWidth,
            v3,
            v3 ? v3Router(experts) : v2Router(experts));
    return IntStream.range(0, layers).mapToObj(i -> i < denseLayers ? dense : moe).toList();
  }

  private RouterSettings v3Router(int experts) {
    int groups = keys.positive("n_group", keys.isNull("n_group") ? 1 : 8);
    int kept = keys.positive("topk_group", keys.isNull("topk_group") ? groups : 4);
    int topK = keys.positive("num_experts_per_tok", 8);
    checkGroups(experts, groups, kept, topK);
    if (experts / groups < 2) {
      throw keys.inconsistent(
          "a group is scored by its two best experts: \"n_routed_experts\" = %d must be at least twice \"n_group\" = %d."
              .formatted(experts, groups));
    }
    return new RouterSettings(
        Scoring.SIGMOID,
        groups,
        kept,
        GroupScore.TOP_TWO_SUM,
        topK,
        keys.flag("norm_topk_prob", true),
        (float) keys.positiveNumber("routed_scaling_factor", 2.5));
  }

  private RouterSettings v2Router(int experts) {
    keys.oneOf("scoring_func", null, List.of("softmax"));
    String method = keys.oneOf("topk_method", "greedy", List.of("greedy", "group_limited_greedy"));
    boolean grouped = method.equals("group_limited_greedy");
    int groups = grouped ? keys.positive("n_group") : 1;
    int kept = grouped ? keys.positive("topk_group") : 1;
    int topK = keys.positive("num_experts_per_tok");
    checkGroups(experts, groups, kept, topK);
    return new RouterSettings(
        Scoring.SOFTMAX,
        groups,
        kept,
        GroupScore.MAX,
        topK,
        false,
        (float) keys.positiveNumber("routed_scaling_factor", 1));
  }

  private void checkGroups(int experts, int groups, int kept, int topK) {
    if (experts % groups != 0 || kept > groups || topK > experts / groups * kept) {
      throw keys.inconsistent(
          ("\"n_routed_experts\" = %d, \"n_group\" = %d, \"topk_group\" = %d and \"num_experts_per_tok\" = %d"
                  + " do not fit: groups are equal, and those kept must hold the chosen experts.")
              .formatted(experts, groups, kept, topK));
    }
  }

  private List<FeedForwardConfig> qwenMoeLayers(int layers) {
    FeedForwardConfig dense = new FeedForwardConfig.Dense(keys.positive("intermediate_size", 6144));
    int experts =
        keys.has("num_local_experts")
            ? keys.positive("num_local_experts")
            : keys.positive("num_experts", 128);
    int topK = keys.positive("num_experts_per_tok", 8);
    if (topK > experts) {
      throw keys.wrong("num_experts_per_tok", topK, "at most the number of experts, " + experts);
    }
    FeedForwardConfig moe =
        new FeedForwardConfig.Moe(
            experts,
            keys.positive("moe_intermediate_size", 768),
            0,
            false,
            new RouterSettings(
                Scoring.SOFTMAX,
                1,
                1,
                GroupScore.MAX,
                topK,
                keys.flag("norm_topk_prob", false),
                1));
    int every = keys.positive("decoder_sparse_step", 1);
    List<Integer> denseLayers = keys.integers("mlp_only_layers");
    return IntStream.range(0, layers)
        .mapToObj(i -> !denseLayers.contains(i) && (i + 1) % every == 0 ? moe : dense)
        .toList();
  }

  private int pick(int v3, int v2, int llama, int qwen) {
    return switch (family) {
      case DEEPSEEK_V3 -> v3;
      case DEEPSEEK_V2 -> v2;
      case LLAMA -> llama;
      case QWEN2, QWEN3, QWEN3_MOE -> qwen;
    };
  }

  private int wide(int v3, int most, int qwenMoe) {
    return switch (family) {
      case DEEPSEEK_V3 -> v3;
      case QWEN3_MOE -> qwenMoe;
      case DEEPSEEK_V2, LLAMA, QWEN2, QWEN3 -> most;
    };
  }
}
